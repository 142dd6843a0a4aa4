"""Commits made of nothing but what a test is about."""

from __future__ import annotations

from datetime import UTC, datetime

from scanner.attribution.commits import claims_of
from scanner.attribution.identities import IdentityTable
from scanner.attribution.messages import parse_person
from scanner.attribution.registry import Registry, shipped
from scanner.attribution.resolve import ChangeFacts, resolve
from scanner.base.model import Attribution, Claim, Commit

ADA = "Ada Example <ada@example.org>"
WHEN = datetime(2026, 8, 1, 12, tzinfo=UTC)


def commit(
    message: str = "Change",
    author: str = ADA,
    committer: str = ADA,
    when: datetime = WHEN,
    parents: tuple[str, ...] = ("1" * 40,),
    oid: str = "a" * 40,
) -> Commit:
    return Commit(
        oid=oid,
        tree="b" * 40,
        parents=parents,
        author=parse_person(author),
        authored=when,
        committer=parse_person(committer),
        committed=when,
        message=message,
    )


def claims(one: Commit, registry: Registry | None = None) -> tuple[Claim, ...]:
    return claims_of(one, IdentityTable(registry or shipped()))


def attributed(one: Commit, facts: ChangeFacts | None = None) -> Attribution:
    return resolve(claims(one), facts or ChangeFacts(is_merge=one.is_merge))
