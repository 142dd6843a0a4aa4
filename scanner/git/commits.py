"""Commits, tags and revisions of a repository."""

from __future__ import annotations

import codecs
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from scanner.base.errors import ExitCode, ScanError
from scanner.base.model import Commit, Person
from scanner.git.process import GitError, Repository, object_store, run, stream

#: How many revisions with a similar name a hint lists.
_CLOSE_NAMES = 3

_SIGNATURE = re.compile(rb"([^<]*?) ?<([^>]*)>(?: (-?\d+)(?: ([+-])(\d\d)(\d\d))?)?.*", re.DOTALL)
_HEX = re.compile("[0-9a-f]{4,}")
_FULL_ID = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
#: Codecs that take the square of a text's length, and that no message is in.
_OF_NAMES = ("idna", "punycode")
#: A day within what a calendar has, so that no time zone leads out of it.
_FIRST_SECOND, _LAST_SECOND = -62_135_510_400, 253_402_128_000
_MOST_DIGITS = 16
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag on a commit. `time` is the tagger's, or the committer's for a tag without a message."""

    name: str
    commit: str
    time: datetime


def is_full_id(revision: str) -> bool:
    """Whether a revision is an object id in full."""
    return _FULL_ID.fullmatch(revision) is not None


def resolve(repo: Repository, revision: str) -> str:
    """The id of the commit that a revision names.

    Raises ScanError with a hint: names like it, or that a shallow clone may lack it. A name that
    git could take for several commits is refused, with the full names to choose from: which one it
    takes is decided by whoever may make a tag or a branch.
    """
    _refuse_ambiguous(repo, revision)
    try:
        found = run(repo, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    except (GitError, ValueError) as error:
        if isinstance(error, GitError) and _is_name(repo, revision):
            raise GitError(
                f"{revision!r} cannot be read. {error.message}.",
                hint="This repository is damaged or incomplete: see what `git fsck` says.",
                exit_code=ExitCode.COULD_NOT_JUDGE,
            ) from error
        # The operating system passes no NUL to a program: ValueError.
        message = _not_found(repo, revision.replace("\0", "?"))
        raise ScanError(message, hint=_hint(repo, revision)) from error
    oid = found.decode().strip()
    if not _HEX.fullmatch(oid):
        # `^REV` is a revision to git, but names no commit.
        raise ScanError(_not_found(repo, revision))
    return oid


#: Where git looks for a short name, in this order.
_NAMESPACES = (
    "refs/{}",
    "refs/tags/{}",
    "refs/heads/{}",
    "refs/remotes/{}",
    "refs/remotes/{}/HEAD",
)
_NAME_END = re.compile(r"[~^:]|@\{")


def _refuse_ambiguous(repo: Repository, revision: str) -> None:
    name = _NAME_END.split(revision, maxsplit=1)[0]
    is_plain = bool(name) and name not in ("HEAD", "@") and not name.startswith(("-", "refs/"))
    if not is_plain or "\0" in name or _FULL_ID.fullmatch(name):
        return
    wanted = [namespace.format(name) for namespace in _NAMESPACES]
    fields = "%(refname)%00%(objectname)%00%(*objectname)"
    try:
        listing = run(repo, "for-each-ref", f"--format={fields}", *wanted)
    except GitError:
        return  # no name that a reference can have
    rows = [line.split("\0") for line in listing.decode("utf-8", "replace").splitlines()]
    meant = {row[0]: row[2] or row[1] for row in rows if row[0] in wanted}
    if _HEX.fullmatch(name):
        ids = run(repo, "rev-parse", f"--disambiguate={name}").decode().split()
        meant |= {oid: oid for oid in ids if meant}
    if len(set(meant.values())) > 1:
        raise ScanError(
            f"{name!r} is the name of several commits in this repository.",
            hint=f"Give its full id: {' or '.join(sorted(meant))}.",
        )


def head(repo: Repository) -> str | None:
    """The commit that is checked out, or None on a branch without commits.

    Raises ScanError if the repository is so damaged that the commit cannot be told or is not in it.
    """
    with suppress(GitError):  # so it mostly is, and this is one process
        return run(repo, "rev-parse", "--verify", "--quiet", "HEAD^{commit}").decode().strip()
    try:
        oid = run(repo, "rev-parse", "--verify", "--quiet", "HEAD").decode().strip()
    except GitError as error:
        branch = _unborn(repo)
        if branch is None:
            raise _unreadable_head("the branch that it names is damaged") from error
        return None
    try:
        return resolve(repo, oid)
    except ScanError as error:
        raise _unreadable_head(f"its commit, {oid}, is not here or is damaged") from error


def _unreadable_head(reason: str) -> GitError:
    return GitError(
        f"HEAD cannot be read: {reason}.",
        hint="See what `git fsck` and `git status` say.",
        exit_code=ExitCode.COULD_NOT_JUDGE,
    )


def _unborn(repo: Repository) -> str | None:
    """The branch that HEAD names, if it has no commit yet: nothing is kept of it anywhere."""
    try:
        name = run(repo, "symbolic-ref", "--quiet", "HEAD").decode("utf-8", "surrogateescape")
    except GitError:
        return None
    branch = name.removesuffix("\n")
    kept = (repo.common_dir / branch, repo.common_dir / "logs" / branch)
    is_listed = run(repo, "for-each-ref", "--format=%(refname)", "--", branch).strip()
    return None if is_listed or any(place.is_file() for place in kept) else branch


def merge_heads(repo: Repository) -> tuple[str, ...]:
    """The commits that a merge under way brings to HEAD; empty where none is."""
    try:
        lines = (repo.git_dir / "MERGE_HEAD").read_text("ascii").split()
    except (OSError, UnicodeDecodeError):
        return ()
    return tuple(resolve(repo, oid) for oid in lines)


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


@dataclass(frozen=True, slots=True)
class Parentage:
    """First parents, and times in Unix seconds, of commits by id.

    A root has no parent, and a commit at the edge of a shallow clone has none here.
    """

    parents: Mapping[str, str | None]
    times: Mapping[str, int]


def first_parents(repo: Repository, tips: Iterable[str]) -> Parentage:
    """The commits that first parents lead to from any of the tips, which are full ids."""
    request = "".join(f"{tip}\n" for tip in dict.fromkeys(tips)).encode()
    options = ("--first-parent", "--parents", "--timestamp")
    listing = run(repo, "rev-list", "--stdin", *options, stdin=request).decode() if request else ""
    rows = [line.split() for line in listing.splitlines()]
    return Parentage(
        {row[1]: row[2] if len(row) > 2 else None for row in rows},
        {row[1]: int(row[0]) for row in rows},
    )


def read_tags(repo: Repository) -> tuple[Tag, ...]:
    """All tags that lead to a commit (not a tree or blob), by time, then by name."""
    fields = "%(refname:lstrip=2)%00%(objectname)%00%(creatordate:raw)"
    listing = run(repo, "for-each-ref", f"--format={fields}", "refs/tags")
    rows = [line.split(b"\0") for line in listing.splitlines()]
    request = b"".join(b"%s^{commit}\n" % oid for _, oid, _ in rows)
    with object_store(repo) as store:
        answers = run(store, "cat-file", "--batch-check=%(objectname)", stdin=request).splitlines()
    tags = [
        Tag(name.decode("utf-8", "surrogateescape"), answer.decode(), _raw_time(date))
        for (name, _, date), answer in zip(rows, answers, strict=True)
        if not answer.endswith(b" missing")
    ]
    return tuple(sorted(tags, key=lambda tag: (tag.time, tag.name)))


def _is_name(repo: Repository, revision: str) -> bool:
    """Whether git knows a name, and it is not one of something else than a commit."""
    if _HEX.fullmatch(revision):
        return False
    try:
        oid = run(repo, "rev-parse", "--verify", "--quiet", "--end-of-options", revision)
        kind = run(repo, "cat-file", "-t", oid.decode().strip())
    except GitError as error:
        return "cat-file" in error.message
    return kind.strip() == b"commit"


def _not_found(repo: Repository, revision: str) -> str:
    if _HEX.fullmatch(revision):
        matches = run(repo, "rev-parse", f"--disambiguate={revision}").split()
        if len(matches) > 1:
            return f"{revision!r} is the start of {len(matches)} object ids."
    try:
        kind = run(repo, "cat-file", "-t", "--end-of-options", revision).decode().strip()
    except GitError:
        return f"There is no revision {revision!r} in this repository."
    return f"{revision!r} is a {kind}, not a commit."


def _hint(repo: Repository, revision: str) -> str | None:
    if revision == "HEAD":
        return "The current branch has no commits yet."
    names = run(repo, "for-each-ref", "--format=%(refname:short)").decode("utf-8", "replace")
    close = difflib.get_close_matches(revision, names.split(), _CLOSE_NAMES)
    hints = [f"Did you mean {' or '.join(close)}?"] if close else []
    if repo.is_shallow:
        hints.append(f"This is a shallow clone. {_DEEPEN}")
    return " ".join(hints) or None


def _read(repo: Repository, graph: Mapping[str, tuple[str, ...]]) -> Iterator[Commit]:
    request = ["".join(f"{oid}\n" for oid in graph).encode()]
    with (
        object_store(repo) as store,
        stream(store, "cat-file", "--batch", "--buffer", stdin=request) as answers,
    ):
        for oid, parents in graph.items():
            size = int(answers.readline().rpartition(b" ")[2])
            yield parse_commit(oid, parents, answers.read(size))
            answers.read(1)


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
        tree=fields.get(b"tree", b"").decode("ascii", "replace"),
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
    return person, _time(_seconds(seconds), -offset if sign == b"-" else offset)


def _seconds(text: bytes | None) -> int:
    return int(text) if text is not None and len(text) < _MOST_DIGITS else 0


def _raw_time(date: bytes) -> datetime:
    return _signature(b"<> " + date, "utf-8")[1]


def _time(seconds: int, offset: timedelta) -> datetime:
    """The time, in UTC where no zone has such an offset; 1970 where no calendar has such a time."""
    zone = timezone(offset) if abs(offset) < timedelta(days=1) else UTC
    if not _FIRST_SECOND < seconds < _LAST_SECOND:
        return _EPOCH
    return datetime.fromtimestamp(seconds, zone)


def _decode(text: bytes, encoding: str) -> str:
    try:
        is_of_names = codecs.lookup(encoding).name in _OF_NAMES
        return text.decode("utf-8" if is_of_names else encoding)
    except (LookupError, UnicodeError, ValueError):
        return text.decode("utf-8", "replace")
