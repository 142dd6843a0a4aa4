"""Every format a review can have: one entry here and one module beside it.

A renderer's module is imported when it is called, so that the hook pays for text alone.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple

from scanner.base.model import Review


class Format(NamedTuple):
    """A format: its name on the command line, its file's suffix, and the module that renders it.

    One that `shows_fixes` shows what a fix would change, so that fixes have to be made for it.
    """

    name: str
    suffix: str
    module: str
    answer: str
    shows_fixes: bool = True

    @property
    def render(self) -> Callable[[Review], str]:
        """The module's `render`: a review → the whole output, which ends with a line end."""
        function = import_module(self.module).render
        assert callable(function)
        return function  # type: ignore[no-any-return]


FORMATS = (
    Format("text", ".txt", "scanner.render.terminal.text", "for people at a terminal", False),
    Format("json", ".json", "scanner.render.json.json_format", "everything, by a published schema"),
    Format("markdown", ".md", "scanner.render.ci.markdown", "for a pull-request comment"),
    Format("sarif", ".sarif", "scanner.render.ci.sarif", "for code scanning and editors"),
    Format("github", ".txt", "scanner.render.ci.github", "annotations of GitHub Actions"),
    Format("gitlab", ".json", "scanner.render.ci.gitlab", "GitLab's Code Quality report"),
    Format("junit", ".xml", "scanner.render.ci.junit", "test results for any CI system", False),
    Format(
        "agent",
        ".txt",
        "scanner.render.ci.agent",
        "a list of what to change for an assistant",
        False,
    ),
)

BY_NAME = {entry.name: entry for entry in FORMATS}
