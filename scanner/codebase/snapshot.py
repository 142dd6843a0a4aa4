"""What stands in one tree."""

from __future__ import annotations

from scanner.analysis.parsing.source import lines_to_show
from scanner.base.errors import ExitCode, ScanError
from scanner.base.model import Problem
from scanner.git.blobs import BlobReader
from scanner.git.process import Repository
from scanner.git.trees import list_tree


def read_lines(repository: Repository, tree: str, path: str) -> tuple[str, ...]:
    """The lines of a file as git counts them, without their line feeds.

    Raises:
        ScanError: the tree has no such file, or its content is not here.
    """
    versions = list_tree(repository, tree, (f":(literal){path}",))
    if not versions:
        raise ScanError(f"There is no file {path} in {tree[:12]}.")
    with BlobReader(repository) as blobs:
        source = blobs.read(versions[0].blob)
    if isinstance(source, Problem):
        raise ScanError(
            f"{path} cannot be read: {source.reason}.", exit_code=ExitCode.COULD_NOT_JUDGE
        )
    return tuple(lines_to_show(source))
