"""Trees of a repository: what is in one, and what changed between two, or up to the index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from scanner.base.errors import ExitCode
from scanner.base.model import FileChange, FileVersion, Problem, Stage, TreeDiff
from scanner.git.commits import is_full_id
from scanner.git.comparisons import RAW, TreeComparison, compare, compare_entries, compare_one
from scanner.git.diffs import Changes, parse_raw_single
from scanner.git.process import GitError, Repository, blocks, object_store, run
from scanner.git.scripts import Scripts, python_part, read_scripts
from scanner.roles.languages import is_python_path, other_language

#: Pathspecs of files that are Python by their suffix; in a pathspec `*` also matches `/`.
PYTHON_PATHS = (":(icase)*.py", ":(icase)*.pyi", ":(icase)*.pyw")
#: Pathspecs of these, of all files without a suffix and of notebooks and Cython, and of few others.
_NEAR_PYTHON = (":(glob)**/*", ":(exclude,glob)**/*.*[!bdiwxyBDIWXY]", ":(exclude,icase)*.md")
#: Characters of paths given to one command; where scripts have more, all files are compared.
_MOST_ARGUMENTS = 24_000

#: `after` of a diff against the index.
INDEX = "index"


def list_tree(
    repo: Repository, tree: str, paths: Sequence[str] | None = None
) -> tuple[FileVersion, ...]:
    """All entries of a tree (or of a commit's tree) that match the pathspecs, in git's order.

    Without pathspecs, those that are Python by their suffix or shebang. Symbolic links and
    submodules are among them, told by their mode. Raises GitError.
    """
    found = tree_ids(repo, [tree])[tree]
    if isinstance(found, Problem):
        raise _not_all_here(found)
    # Not `ls-tree`, which knows no wildcards.
    command = ("diff-tree", *RAW, "--no-renames", repo.empty_tree, found)
    with object_store(repo) as store:
        return _listed(repo, _entries(store, command, _paths(paths)), paths)


def list_index(repo: Repository, paths: Sequence[str] | None = None) -> tuple[FileVersion, ...]:
    """All entries of the index that match the pathspecs, as `list_tree` has those of a tree."""
    command = ("diff-index", "--cached", "--ita-invisible-in-index", *RAW, "--no-renames")
    return _listed(repo, _entries(repo, (*command, repo.empty_tree), _paths(paths)), paths)


def list_other_languages(repo: Repository, tree: str) -> tuple[str, ...]:
    """The paths of the notebooks and the Cython of a tree, in git's order. Raises GitError."""
    return _others(list_tree(repo, tree, _NEAR_PYTHON))


def _paths(paths: Sequence[str] | None) -> Sequence[str]:
    return _NEAR_PYTHON if paths is None else paths


def _listed(
    repo: Repository, entries: Changes, paths: Sequence[str] | None
) -> tuple[FileVersion, ...]:
    versions = tuple(change.after for change in entries if change.after is not None)
    if paths is not None:
        return versions
    scripts = read_scripts(repo, versions)
    return tuple(version for version in versions if scripts.holds(version))


def _entries(repo: Repository, command: Sequence[str], paths: Sequence[str]) -> Changes:
    return parse_raw_single(blocks(repo, *command, "--", *paths))


def diff_trees(
    repo: Repository,
    pairs: Iterable[tuple[str | None, str]],
    paths: Sequence[str] | None = None,
) -> Iterator[TreeDiff]:
    """Compares pairs of commits or trees, in order; None stands for the empty tree.

    Without pathspecs, Python files are compared. All pairs go through one git, those in which
    scripts change through another. Where it fails (an object that a partial clone lacks, a damaged
    one), what cannot be compared is said in `FileChange.problem` or `TreeDiff.problem`, and the
    rest goes on.
    """
    wanted = list(pairs)
    oids = dict.fromkeys(oid for pair in wanted for oid in pair if oid is not None)
    trees = tree_ids(repo, oids)
    comparisons = [_comparison(repo, trees, before, after) for before, after in wanted]
    found = _python(repo, comparisons) if paths is None else _plain(repo, comparisons, paths)
    for (before, after), (result, others) in zip(wanted, found, strict=True):
        if isinstance(result, Problem):
            yield TreeDiff(before, after, (), result)
        else:
            yield TreeDiff(before, after, result, other_languages=others)


_Found = tuple[Changes | Problem, tuple[str, ...]]


def _plain(
    repo: Repository, comparisons: Sequence[TreeComparison | Problem], paths: Sequence[str]
) -> Iterator[_Found]:
    return ((changes, ()) for changes in compare(repo, comparisons, paths))


def _python(repo: Repository, comparisons: Sequence[TreeComparison | Problem]) -> Iterator[_Found]:
    """The changes of Python files, with the paths of changed notebooks and Cython."""
    entries = dict(compare_entries(repo, comparisons, _NEAR_PYTHON, _may_matter))
    scripts = read_scripts(repo, _sides(entries.values()))
    paths = {number: _script_paths(found, scripts) for number, found in entries.items()}
    with_scripts = {number for number, found in paths.items() if found}
    here = [one for number, one in enumerate(comparisons) if number in with_scripts]
    elsewhere = [one for number, one in enumerate(comparisons) if number not in with_scripts]
    literal = {path for number in with_scripts for path in paths[number]}
    flows = {
        True: compare(repo, here, _with_scripts(literal)),
        False: compare(repo, elsewhere, PYTHON_PATHS),
    }
    for number in range(len(comparisons)):
        changes = next(flows[number in with_scripts])
        if number in with_scripts and not isinstance(changes, Problem):
            changes = _python_parts(repo, changes, scripts)
        others = (one.after for one in entries.get(number, ()))
        yield changes, _others(one for one in others if one is not None)


def _may_matter(change: FileChange) -> bool:
    """Whether an entry is one that suffixes do not tell of, or a notebook or Cython."""
    return not is_python_path(change.path) or (
        change.before is not None and not is_python_path(change.before.path)
    )


def _sides(entries: Iterable[Changes]) -> Iterator[FileVersion | None]:
    return (side for found in entries for one in found for side in (one.before, one.after))


def _script_paths(entries: Changes, scripts: Scripts) -> frozenset[str]:
    sides = (side for side in _sides([entries]) if side is not None and scripts.holds(side))
    return frozenset(side.path for side in sides if not is_python_path(side.path))


def literal_paths(paths: Iterable[str]) -> tuple[str, ...]:
    """Pathspecs of just these files; none where there are more than a command takes."""
    literal = tuple(f":(literal){path}" for path in sorted(set(paths)))
    return literal if sum(map(len, literal)) <= _MOST_ARGUMENTS else ()


def _with_scripts(paths: Iterable[str]) -> tuple[str, ...]:
    literal = literal_paths(paths)
    return (*PYTHON_PATHS, *literal) if literal else ()


def _python_parts(repo: Repository, changes: Changes, scripts: Scripts) -> Changes:
    parts = (python_part(repo, change, scripts) for change in changes)
    return tuple(part for part in parts if part is not None)


def _others(versions: Iterable[FileVersion]) -> tuple[str, ...]:
    held = (one.path for one in versions if one.mode.is_text_file)
    return tuple(path for path in held if other_language(path) is not None)


def diff_pair(
    repo: Repository, before: str | None, after: str, paths: Sequence[str] | None = None
) -> TreeDiff:
    """Compares two commits or trees. Raises GitError where the trees cannot be compared at all."""
    (diff,) = diff_trees(repo, [(before, after)], paths)
    if diff.problem is not None:
        raise _not_all_here(diff.problem)
    return diff


def diff_index(repo: Repository, base: str | None, paths: Sequence[str] | None = None) -> TreeDiff:
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
    command = ("diff-index", "--cached", "--ita-invisible-in-index")
    if paths is not None:
        return TreeDiff(base, INDEX, compare_one(repo, (*command, tree), paths))
    entries = _entries(repo, (*command, *RAW, "--no-renames", tree), _NEAR_PYTHON)
    scripts = read_scripts(repo, _sides([entries]))
    others = _others(one.after for one in entries if one.after is not None)
    if not any(map(scripts.holds, _sides([entries]))):
        return TreeDiff(base, INDEX, (), other_languages=others)
    literal = _with_scripts(_script_paths(entries, scripts))
    files = _python_parts(repo, compare_one(repo, (*command, tree), literal), scripts)
    return TreeDiff(base, INDEX, files, other_languages=others)


def tree_ids(repo: Repository, oids: Iterable[str]) -> dict[str, str | Problem]:
    """The tree of each commit or tree, or why there is none."""
    asked = list(oids)
    if len(asked) == 1 and is_full_id(asked[0]):
        return {asked[0]: _tree_of(repo, asked[0])}
    return _tree_ids(repo, asked)


def _tree_of(repo: Repository, oid: str) -> str | Problem:
    """Asked of git once in a process: a commit has one tree for ever. What lacks may come yet."""
    known = _trees.get((repo.common_dir, oid))
    if known is not None:
        return known
    found = _tree_ids(repo, [oid])[oid]
    if not isinstance(found, Problem):
        _trees[repo.common_dir, oid] = found
    return found


#: The trees of single commits that were asked for, by repository and commit.
_trees: dict[tuple[Path, str], str] = {}


def _tree_ids(repo: Repository, asked: Sequence[str]) -> dict[str, str | Problem]:
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
        f"This clone is incomplete: {problem.reason}.",
        hint="Fetch what is missing, or run in a full clone.",
        exit_code=ExitCode.COULD_NOT_JUDGE,
    )


def _no_tree(oid: str) -> Problem:
    return Problem(Stage.GIT, None, f"the tree of {oid} is not in this clone", oid)


def _comparison(
    repo: Repository, trees: dict[str, str | Problem], before: str | None, after: str
) -> TreeComparison | Problem:
    old = repo.empty_tree if before is None else trees[before]
    new = trees[after]
    if isinstance(old, Problem):
        return old
    return new if isinstance(new, Problem) else TreeComparison(old, new)
