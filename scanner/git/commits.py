"""Commits, tags and revisions of a repository."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from scanner.errors import ScanError
from scanner.git.process import GitError, Repository, blocks, run
from scanner.model import Commit, Person

#: How many revisions with a similar name a hint lists.
_CLOSE_NAMES = 3

_SIGNATURE = re.compile(rb"(.*?) ?<([^>]*)>(?: (-?\d+)(?: ([+-])(\d\d)(\d\d))?)?.*", re.DOTALL)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag on a commit. `time` is the tagger's, or the committer's for a tag without a message."""

    name: str
    commit: str
    time: datetime


def resolve(repo: Repository, revision: str) -> str:
    """The id of the commit that a revision names.

    Raises ScanError with a hint: names like it, or that a shallow clone may lack it.
    """
    try:
        # A commit id has no dashes at its start, so what looks like an option is just not found.
        found = run(repo, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    except GitError as error:
        raise ScanError(_not_found(repo, revision), hint=_hint(repo, revision)) from error
    return found.decode().strip()


def head(repo: Repository) -> str | None:
    """The commit that is checked out, or None on a branch without commits."""
    try:
        return run(repo, "rev-parse", "--verify", "--quiet", "HEAD^{commit}").decode().strip()
    except GitError:
        return None


def merge_base(repo: Repository, one: str, other: str) -> str:
    """The best common ancestor of two revisions (of several, git's first).

    Raises ScanError where there is none, in a shallow clone with the fetch that would help.
    """
    ends = (resolve(repo, one), resolve(repo, other))
    try:
        return run(repo, "merge-base", *ends).decode().split()[0]
    except GitError as error:
        if not repo.is_shallow:
            message = f"{one} and {other} have no common ancestor."
            raise ScanError(message, hint="Compare revisions of one history.") from error
        depths = [int(run(repo, "rev-list", "--count", end)) for end in ends]
        message = (
            f"This is a shallow clone, and the {depths[0]} commits it has of {one} and the "
            f"{depths[1]} of {other} do not reach back to where the two part."
        )
        raise ScanError(message, hint=_DEEPEN) from error


_DEEPEN = "Fetch more: git fetch --deepen=100, or git fetch --unshallow (in CI: fetch-depth: 0)."


def shallow_boundary(repo: Repository) -> frozenset[str]:
    """The commits of a shallow clone whose parents were not fetched: their change is unknown."""
    file = repo.common_dir / "shallow"
    return frozenset(file.read_text("ascii").split()) if file.is_file() else frozenset()


def read_commits(
    repo: Repository, include: Sequence[str], exclude: Sequence[str] = ()
) -> tuple[Commit, ...]:
    """The commits that can be reached from `include` and not from `exclude`, parents first.

    `parents` are as recorded, except that those beyond the boundary of a shallow clone are left out
    (see `shallow_boundary`). A time that cannot be read is 1970, as in git. Raises ScanError.
    """
    wanted = [resolve(repo, revision) for revision in include]
    unwanted = [f"^{resolve(repo, revision)}" for revision in exclude]
    request = "".join(f"{line}\n" for line in (*wanted, *unwanted)).encode()
    listing = run(
        repo, "rev-list", "--stdin", "--topo-order", "--reverse", "--parents", stdin=request
    ).decode()
    graph = {oid: tuple(parents) for oid, *parents in map(str.split, listing.splitlines())}
    return tuple(_read(repo, graph))


def first_parent_chain(commits: Sequence[Commit], head: str) -> tuple[Commit, ...]:
    """From `head` back along first parents as far as `commits` reach; oldest first."""
    by_oid = {commit.oid: commit for commit in commits}
    chain = []
    current = by_oid.get(head)
    while current is not None:
        chain.append(current)
        current = by_oid.get(current.parents[0]) if current.parents else None
    return tuple(reversed(chain))


def read_tags(repo: Repository) -> tuple[Tag, ...]:
    """All tags that lead to a commit (not a tree or blob), by time, then by name."""
    fields = "%(refname:lstrip=2)%00%(creatordate:raw)"
    listing = run(repo, "for-each-ref", f"--format={fields}", "refs/tags")
    rows = [line.split(b"\0") for line in listing.splitlines()]
    request = b"".join(b"refs/tags/%s^{commit}\n" % name for name, _ in rows)
    answers = run(repo, "cat-file", "--batch-check=%(objectname)", stdin=request).splitlines()
    tags = [
        Tag(name.decode("utf-8", "surrogateescape"), answer.decode(), _raw_time(date))
        for (name, date), answer in zip(rows, answers, strict=True)
        if not answer.endswith(b" missing")
    ]
    return tuple(sorted(tags, key=lambda tag: (tag.time, tag.name)))


def _not_found(repo: Repository, revision: str) -> str:
    try:
        kind = run(repo, "cat-file", "-t", revision).decode().strip()
    except GitError:
        return f"There is no revision {revision!r} in this repository."
    return f"{revision!r} is a {kind}, not a commit."


def _hint(repo: Repository, revision: str) -> str | None:
    if head(repo) is None:
        return "The current branch has no commits yet."
    names = run(repo, "for-each-ref", "--format=%(refname:short)").decode("utf-8", "replace")
    close = difflib.get_close_matches(revision, names.split(), _CLOSE_NAMES)
    hints = [f"Did you mean {' or '.join(close)}?"] if close else []
    if repo.is_shallow:
        hints.append(f"This is a shallow clone. {_DEEPEN}")
    return " ".join(hints) or None


def _read(repo: Repository, graph: Mapping[str, tuple[str, ...]]) -> Iterator[Commit]:
    request = [f"{oid}\n".encode() for oid in graph]
    content = b"".join(blocks(repo, "cat-file", "--batch", "--buffer", stdin=request))
    position = 0
    for oid, parents in graph.items():
        end = content.index(b"\n", position)
        _, _, size = content[position:end].partition(b" commit ")
        start = end + 1
        position = start + int(size) + 1
        yield parse_commit(oid, parents, content[start : position - 1])


def parse_commit(oid: str, parents: tuple[str, ...], content: bytes) -> Commit:
    """A commit object's content as a value; what it says of parents is replaced by `parents`."""
    header, _, message = content.partition(b"\n\n")
    fields: dict[bytes, bytes] = {}
    for line in header.split(b"\n"):
        key, _, value = line.partition(b" ")
        # Continued lines (a signature's) start with a space; the first of a kind counts, as in git.
        fields.setdefault(key, value)
    encoding = fields.get(b"encoding", b"utf-8").decode("ascii", "replace")
    author, authored = _signature(fields.get(b"author", b""), encoding)
    committer, committed = _signature(fields.get(b"committer", b""), encoding)
    return Commit(
        oid=oid,
        tree=fields.get(b"tree", b"").decode(),
        parents=parents,
        author=author,
        authored=authored,
        committer=committer,
        committed=committed,
        message=_decode(message, encoding),
    )


def _signature(line: bytes, encoding: str) -> tuple[Person, datetime]:
    found = _SIGNATURE.fullmatch(line)
    if found is None:
        return Person(_decode(line, encoding).strip(), ""), _EPOCH
    name, email, seconds, sign, hours, minutes = found.groups()
    person = Person(_decode(name, encoding).strip(), _decode(email, encoding).strip())
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    return person, _time(int(seconds or 0), -offset if sign == b"-" else offset)


def _raw_time(date: bytes) -> datetime:
    return _signature(b"<> " + date, "utf-8")[1]


def _time(seconds: int, offset: timedelta) -> datetime:
    """The time, in UTC where no zone has such an offset; 1970 where no calendar has such a time."""
    zone = timezone(offset) if abs(offset) < timedelta(days=1) else UTC
    try:
        return datetime.fromtimestamp(seconds, zone)
    except (OverflowError, OSError, ValueError):
        return _EPOCH


def _decode(text: bytes, encoding: str) -> str:
    try:
        return text.decode(encoding)
    except (LookupError, UnicodeError, ValueError):
        return text.decode("utf-8", "replace")
