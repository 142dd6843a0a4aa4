"""What the user says over the evidence: labels of commits, and policies about the unmarked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from scanner.attribution.settings import AttributionSettings
from scanner.attribution.signals import utc_date
from scanner.base.errors import ScanError
from scanner.base.model import Claim, Commit, Label, Level

_LINE = re.compile(r"(?P<commit>\S+)\s+(?P<label>\S+)(?:\s+(?P<reason>.*))?")
_PREFIX = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True, slots=True)
class Override:
    """One line of the user's file. `commit` is an object id or 7 or more of its first digits."""

    commit: str
    label: Label
    reason: str
    line: int


@dataclass(frozen=True, slots=True)
class Overrides:
    """The user's file, read. `path` is shown beside every label it sets."""

    path: str
    entries: tuple[Override, ...] = ()

    def claims(self, commits: Mapping[str, Commit]) -> Mapping[str, Claim]:
        """A claim for each commit that is named; of two lines on one commit, the later."""
        return {
            oid: Claim(
                Level.OVERRIDE,
                "override",
                f"{self.path}:{entry.line}",
                entry.reason,
                entry.label,
            )
            for entry in self.entries
            for oid in _named(entry, commits)
        }

    def unused(self, commits: Mapping[str, Commit]) -> tuple[Override, ...]:
        """The lines that name no commit of this history, so that a typing error is seen."""
        return tuple(entry for entry in self.entries if not _named(entry, commits))


def parse_overrides(text: str, path: str) -> Overrides:
    """Reads `COMMIT LABEL REASON…` lines; blank lines and `#` comments are left out.

    Raises ScanError for a line without a reason, or with a label or an id that cannot be.
    """
    entries = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        entries.append(_entry(line.strip(), number, path))
    return Overrides(path, tuple(entries))


def policy_claims(commit: Commit, settings: AttributionSettings) -> Iterator[Claim]:
    """Claims that a commit is human because of its date, or because the user's policy says so."""
    day = utc_date(commit.committed)
    if day < settings.pre_agent_before:
        yield _policy(
            "policy.pre-agent",
            commit.committed,
            f"committed before {settings.pre_agent_before}, when no agent could have written it",
        )
    for policy in settings.unmarked_means_human:
        if policy.since <= day and (policy.until is None or day <= policy.until):
            yield _policy("policy.unmarked-means-human", commit.committed, policy.reason)


def _policy(rule: str, committed: datetime, note: str) -> Claim:
    text = utc_date(committed).isoformat()
    return Claim(Level.POLICY, rule, "committer date", text, Label.HUMAN, note=note)


def _entry(line: str, number: int, path: str) -> Override:
    found = _LINE.fullmatch(line)
    commit, label, reason = (
        (found["commit"], found["label"], found["reason"]) if found else ("", "", "")
    )
    if not _PREFIX.fullmatch(commit.lower()):
        raise ScanError(f"{path}:{number}: '{commit or line}' is not the id of a commit.")
    if label not in tuple(Label):
        raise ScanError(
            f"{path}:{number}: '{label}' is not a label.", f"Labels are {', '.join(Label)}."
        )
    if not reason:
        raise ScanError(f"{path}:{number}: a label needs a reason.", "Write COMMIT LABEL REASON.")
    return Override(commit.lower(), Label(label), reason.strip(), number)


def _named(entry: Override, commits: Mapping[str, Commit]) -> tuple[str, ...]:
    if entry.commit in commits:
        return (entry.commit,)
    return tuple(oid for oid in commits if oid.startswith(entry.commit))
