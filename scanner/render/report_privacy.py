"""People kept out of the page: their addresses, their names where the history knows them, handles.

What a change is called is shown, because nobody can find a change again by its id alone; the rest
of its message is not. A name that the history itself does not know as an author's or a committer's
cannot be told from any other word, and stays: the page says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scanner.base.model import Change, Claim, Commit, Label, Level, Person
from scanner.render.paths import sentence

if TYPE_CHECKING:  # a report brings NumPy along
    from scanner.report.build import Report

SOMEBODY = "[somebody]"
LONGEST_TITLE = 160

_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]++(?:\[bot\])?@(?:[\w-]+\.)+[A-Za-z]{2,}\b")
#: A handle, as forges write it; what Python writes after an at sign is left alone.
_HANDLE = re.compile(
    r"(?<![\w`./+\]])@(?!(?:property|staticmethod|classmethod|cached_property|dataclass|override|"
    r"overload|pytest|functools|abstractmethod|lru_cache|cache|fixture|app|click)\b)"
    r"[A-Za-z\d](?:[\w-]{0,38})"
)
#: Branches of forks are named after their owners.
_FORK = re.compile(r"\b(from|of) [\w.-]+([/:])(?=\S)")
_PULL = re.compile(r"^Merge pull request (#\d+) from ")


@dataclass(frozen=True, slots=True)
class Anonymizer:
    """Hides people in text. `addresses` and `names` are those that the history knows.

    `tools` are the addresses of tools, in lower case: they are evidence, and nobody's. An open
    one (`is_open`) hides nothing.
    """

    addresses: re.Pattern[str] | None
    names: re.Pattern[str] | None
    tools: frozenset[str]
    is_open: bool = False

    def over(self, text: str) -> str:
        """Prose without addresses, handles or known names."""
        if self.is_open:
            return text
        hidden = _ADDRESS.sub(self._unless_tool, _HANDLE.sub(SOMEBODY, text))
        return self.names.sub(SOMEBODY, hidden) if self.names else hidden

    def _unless_tool(self, found: re.Match[str]) -> str:
        return found[0] if found[0].lower() in self.tools else SOMEBODY

    def over_code(self, line: str) -> str:
        """A line of code without addresses of people in this history; the rest is as it stands."""
        if self.is_open or not self.addresses or "@" not in line:
            return line
        return self.addresses.sub(SOMEBODY, line)


#: Hides nobody.
OPEN = Anonymizer(None, None, frozenset(), is_open=True)


def veil_over(report: Report) -> Anonymizer:
    """The anonymizer for a report: an open one where it was asked to name people."""
    if report.asked.names_people:
        return OPEN
    claims = (claim for change in report.changes for claim in change.attribution.evidence)
    return anonymizer(report.history.commits, claims)


def anonymizer(commits: Iterable[Commit], claims: Iterable[Claim] = ()) -> Anonymizer:
    """The anonymizer for a history; `claims` tell which of its authors are tools."""
    tools = frozenset(
        address.lower()
        for claim in claims
        if _names_a_tool(claim)
        for address in _ADDRESS.findall(claim.text)
    )
    everybody = {person for commit in commits for person in (commit.author, commit.committer)}
    people = {person for person in everybody if person.email.strip().lower() not in tools}
    names = {person.name.strip() for person in people if _is_telling(person)}
    addresses = {person.email.strip() for person in people if "@" in person.email.strip("@ ")}
    return Anonymizer(_any_of(addresses), _any_of(names), tools)


def title(commit: Commit) -> str:
    """What a change is called: its subject, or the title of the pull request that it merges."""
    pull = _PULL.match(commit.subject)
    if not pull:
        return _FORK.sub(r"\1 ", commit.subject)
    lines = [line.strip() for line in commit.message.splitlines() if line.strip()]
    called = lines[1] if len(lines) > 1 else _FORK.sub("", commit.subject[pull.end(1) :]).strip()
    return f"{called} ({pull[1]})"


def shown_title(commit: Commit, over: Anonymizer) -> str:
    """The title as one printable line without people."""
    return over.over(sentence(title(commit), LONGEST_TITLE)) or "(without a title)"


def authors_of(report: Report, change: Change) -> tuple[str, ...]:
    """The names of those who wrote a change; none unless it was asked to name people."""
    if not report.asked.names_people:
        return ()
    commits = [report.history.by_oid[oid] for oid in change.commits]
    wrote = [commit for commit in commits if not commit.is_merge] or [change.commit]
    return tuple(dict.fromkeys(report.history.person(commit.author).name for commit in wrote))


def _names_a_tool(claim: Claim) -> bool:
    """Whether what a claim quotes is a tool's address: as an author, or as the co-author it is."""
    if claim.level is Level.AUTHOR_IDENTITY:
        return claim.label in (Label.AI, Label.AUTOMATION)
    is_coauthor = claim.level is Level.DECLARED_AUTHORSHIP and claim.source == "co-author"
    return is_coauthor and claim.agent is not None


def _is_telling(person: Person) -> bool:
    """Whether a name can be looked for: one word alone could be any word."""
    return len(person.name.split()) > 1 and len(person.name.strip()) > 4


def _any_of(texts: Iterable[str]) -> re.Pattern[str] | None:
    ordered = sorted((text for text in texts if text), key=lambda text: (-len(text), text))
    if not ordered:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, ordered))})(?!\w)", re.IGNORECASE)
