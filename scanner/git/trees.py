"""Trees of a repository: what is in one, and what changed between two, or up to the index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from scanner.base.errors import ExitCode
from scanner.base.model import FileChange, FileVersion, Problem, Stage, TreeDiff
from scanner.git.comparisons import RAW, Comparison, compare, compare_one
from scanner.git.diffs import parse_raw_single
from scanner.git.process import GitError, Repository, blocks, object_store, run

#: Pathspecs of Python sources; in a pathspec `*` also matches `/`.
PYTHON_PATHS = ("*.py", "*.pyi", "*.pyw")

#: `after` of a diff against the index.
INDEX = "index"


def list_tree(
    repo: Repository, tree: str, paths: Sequence[str] = PYTHON_PATHS
) -> tuple[FileVersion, ...]:
    """All entries of a tree (or of a commit's tree) that match the pathspecs, in git's order.

    Symbolic links and submodules are among them, told by their mode. Raises GitError.
    """
    found = tree_ids(repo, [tree])[tree]
    if isinstance(found, Problem):
        raise _not_all_here(found)
    # Not `ls-tree`, which knows no wildcards.
    return _entries(repo, ("diff-tree", *RAW, "--no-renames", repo.empty_tree, found), paths)


def list_index(repo: Repository, paths: Sequence[str] = PYTHON_PATHS) -> tuple[FileVersion, ...]:
    """All entries of the index that match the pathspecs, as `list_tree` has those of a tree."""
    command = ("diff-index", "--cached", "--ita-invisible-in-index", *RAW, "--no-renames")
    return _present(parse_raw_single(blocks(repo, *command, repo.empty_tree, "--", *paths)))


def _entries(
    repo: Repository, command: Sequence[str], paths: Sequence[str]
) -> tuple[FileVersion, ...]:
    with object_store(repo) as store:
        return _present(parse_raw_single(blocks(store, *command, "--", *paths)))


def _present(changes: Iterable[FileChange]) -> tuple[FileVersion, ...]:
    return tuple(change.after for change in changes if change.after is not None)


def diff_trees(
    repo: Repository, pairs: Iterable[tuple[str | None, str]], paths: Sequence[str] = PYTHON_PATHS
) -> Iterator[TreeDiff]:
    """Compares pairs of commits or trees, in order; None stands for the empty tree.

    All pairs go through one git. Where it fails (an object that a partial clone lacks, a damaged
    one), what cannot be compared is said in `FileChange.problem` or `TreeDiff.problem`, and the
    rest goes on.
    """
    wanted = list(pairs)
    oids = dict.fromkeys(oid for pair in wanted for oid in pair if oid is not None)
    trees = tree_ids(repo, oids)
    comparisons = [_comparison(repo, trees, before, after) for before, after in wanted]
    for (before, after), result in zip(wanted, compare(repo, comparisons, paths), strict=True):
        if isinstance(result, Problem):
            yield TreeDiff(before, after, (), result)
        else:
            yield TreeDiff(before, after, result)


def diff_pair(
    repo: Repository, before: str | None, after: str, paths: Sequence[str] = PYTHON_PATHS
) -> TreeDiff:
    """Compares two commits or trees. Raises GitError where the trees cannot be compared at all."""
    (diff,) = diff_trees(repo, [(before, after)], paths)
    if diff.problem is not None:
        raise _not_all_here(diff.problem)
    return diff


def diff_index(repo: Repository, base: str | None, paths: Sequence[str] = PYTHON_PATHS) -> TreeDiff:
    """Compares a commit or tree (None: the empty tree) with the index; `after` is "index".

    In a pre-commit hook the index is the one that is being committed, also for `git commit PATH`.
    A file with an unresolved conflict is a change with a problem. Raises GitError.
    """
    tree = repo.empty_tree
    if base is not None:
        found = tree_ids(repo, [base])[base]
        if isinstance(found, Problem):
            raise _not_all_here(found)
        tree = found
    files = compare_one(repo, ("diff-index", "--cached", "--ita-invisible-in-index", tree), paths)
    return TreeDiff(base, INDEX, files)


def tree_ids(repo: Repository, oids: Iterable[str]) -> dict[str, str | Problem]:
    """The tree of each commit or tree, or why there is none."""
    asked = list(oids)
    request = "".join(f"{oid}^{{tree}}\n" for oid in asked).encode()
    with object_store(repo) as store:
        answers = run(store, "cat-file", "--batch-check=%(objectname)", stdin=request).decode()
    return {
        oid: _no_tree(oid) if answer.endswith(" missing") else answer
        for oid, answer in zip(asked, answers.splitlines(), strict=True)
    }


def blobs_at(repo: Repository, places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The file that a commit has at a path, for each (commit, path) that is there and is a file.

    A path that holds a line end cannot be asked for, and is left out.
    """
    asked = [(commit, path) for commit, path in places if "\n" not in path]
    names = (f"{commit}:{path}" for commit, path in asked)
    request = "".join(f"{name}\n" for name in names).encode("utf-8", "surrogateescape")
    with object_store(repo) as store:
        found = run(store, "cat-file", "--batch-check=%(objecttype) %(objectname)", stdin=request)
    answers = found.decode("utf-8", "surrogateescape").split("\n")
    return {
        place: answer.removeprefix("blob ")
        for place, answer in zip(asked, answers, strict=False)
        if answer.startswith("blob ")
    }


def _not_all_here(problem: Problem) -> GitError:
    return GitError(
        f"This clone is not whole: {problem.reason}.",
        hint="Fetch what is missing, or run in a full clone.",
        exit_code=ExitCode.COULD_NOT_JUDGE,
    )


def _no_tree(oid: str) -> Problem:
    return Problem(Stage.GIT, None, f"the tree of {oid} is not in this clone", oid)


def _comparison(
    repo: Repository, trees: dict[str, str | Problem], before: str | None, after: str
) -> Comparison | Problem:
    old = repo.empty_tree if before is None else trees[before]
    new = trees[after]
    if isinstance(old, Problem):
        return old
    return new if isinstance(new, Problem) else Comparison(old, new)
