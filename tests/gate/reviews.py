"""Reviews of built repositories."""

from __future__ import annotations

from collections.abc import Iterable

from fixtures.repository import RepositoryBuilder
from scanner.base.model import Finding, Review, Tampering
from scanner.base.store import open_store
from scanner.gate.review import Judging, review_branch, review_index
from scanner.git.process import open_repository

Files = dict[str, str | bytes | None]


def gate(
    builder: RepositoryBuilder, base: str = "HEAD~1", tip: str = "HEAD", *, approved: bool = False
) -> Review:
    with open_store(None) as store:
        judging = Judging(open_repository(builder.path), store, is_approved=approved)
        return review_branch(judging, base, tip)


def check(builder: RepositoryBuilder, environment: dict[str, str] | None = None) -> Review:
    with open_store(None) as store:
        judging = Judging(open_repository(builder.path), store, environment=environment or {})
        return review_index(judging)


def guards(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.rule.startswith("guard.")]


def evidence(finding: Finding) -> Tampering:
    assert isinstance(finding.evidence, Tampering)
    return finding.evidence
