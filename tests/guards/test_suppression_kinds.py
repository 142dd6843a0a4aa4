"""Comments that switch a check off: first those that only look so, then every form."""

from __future__ import annotations

import pytest

from scanner.analysis.parsing.comments import comments_of
from scanner.analysis.parsing.outline import ReadFile, read_outline
from scanner.guards.suppression_kinds import directives, may_suppress, words_beside
from scanner.guards.suppressions import suppressions

LEFT_ALONE = (
    "# type: ignore case when names are compared",
    "# See `# nosec` in the handbook.",
    "# we use '# noqa' here and there",
    "# noqa is a habit that we do not have",
    "# nosemgrep comments are counted",
    "# pragma: no cover is counted by coverage",
    "# x = call(y)  # noqa: F401",
    "# import os  # type: ignore[import]",
    "# type: list[int]",
    "# pyright: strict",
    "# pyright: reportMissingImports=error",
    "# mypy: disallow-untyped-defs",
    "# mypy: enable-error-code=ignore-without-code",
    "# pylint: enable=unused-import",
    "# ruff: enable[E501]",
    "# fmt: on",
    "# isort: on",
    "# the formatter ignores this; skip it",
    "# TODO: no coverage yet",
    "# sourcery skips some of these",
    "# no mutation happens here",
    "# nosecret is a word",
    "# ignore the rest",
    "# tallystick is a tool",
    "x = 1  # disable the button: noqaX",
    'x = "# noqa"',
    'x = "docs: /rules# nosemgrep"',
    "x = '''  # type: ignore'''",
)

FOUND = (
    ("import os  # noqa", "noqa", ()),
    ("import os  # NOQA:F401", "noqa", ("F401",)),
    ("import os  # noqa: F401, E501", "noqa", ("F401", "E501")),
    ("import os  # noqa: F401 E501 used by name", "noqa", ("F401", "E501")),
    ("import os  # noqa: F401 because it registers", "noqa", ("F401",)),
    ("import os  # noqa because it registers", "noqa", ()),
    ("import os  # loaded for its effect  # noqa: F401", "noqa", ("F401",)),
    ("# ruff: noqa", "ruff: noqa", ()),
    ("# flake8: noqa: E501", "ruff: noqa", ("E501",)),
    ("# ruff: file-ignore[E501]", "ruff: file-ignore", ("E501",)),
    ("# ruff: disable[E501, F401]", "ruff: disable", ("E501", "F401")),
    ("x = 1  # ruff: ignore[E501]", "ruff: ignore", ("E501",)),
    ("# pylint: skip-file", "pylint: skip-file", ()),
    ("# pylint: disable=all", "pylint: disable", ("all",)),
    ("# pylint: disable-next=too-many-locals", "pylint: disable", ("too-many-locals",)),
    ("x = 1  # pylint:disable=C0103,invalid-name", "pylint: disable", ("C0103", "invalid-name")),
    ("x = f()  # type: ignore", "type: ignore", ()),
    ("x = f()  # type:ignore[attr-defined, misc]", "type: ignore", ("attr-defined", "misc")),
    ("x = f()  # type: ignore[misc]  # it is dynamic", "type: ignore", ("misc",)),
    ("x = f()  # type: ignore - it is dynamic", "type: ignore", ()),
    ("# type: ignore", "type: ignore", ()),
    ("# mypy: ignore-errors", "mypy: ignore-errors", ()),
    ("# mypy: ignore_errors=True", "mypy: ignore-errors", ()),
    ('# mypy: disable-error-code="misc, arg-type"', "mypy: disable-error-code",
     ("misc", "arg-type")),
    ("# mypy: disallow-untyped-defs=False", "mypy: option", ("disallow-untyped-defs",)),
    ("# mypy: allow-untyped-defs", "mypy: option", ("allow-untyped-defs",)),
    ("# pyright: basic", "pyright: basic", ()),
    ("# pyright: reportMissingImports=false", "pyright: report=false", ("reportMissingImports",)),
    ("# pyright: reportOptionalMemberAccess=none, reportX=none", "pyright: report=false",
     ("reportOptionalMemberAccess",)),
    ("x = f()  # pyright: ignore[reportMissingImports]", "pyright: ignore",
     ("reportMissingImports",)),
    ("x = f()  # ty: ignore[unresolved-import]", "ty: ignore", ("unresolved-import",)),
    ("x = f()  # pyrefly: ignore", "pyrefly: ignore", ()),
    ("x = f()  # pyrefly: ignore[bad-return]", "pyrefly: ignore", ("bad-return",)),
    ("# pyrefly: ignore-errors", "pyrefly: ignore-errors", ()),
    ("# pytype: skip-file", "pytype: skip-file", ()),
    ("x = f()  # pytype: disable=attribute-error", "pytype: disable", ("attribute-error",)),
    ("x = f()  # pyre-ignore[16]: dynamic", "pyre-ignore", ("16",)),
    ("# pyre-ignore-all-errors", "pyre-ignore-all-errors", ()),
    ("if x:  # pragma: no cover", "pragma: no cover", ()),
    ("if x:  # pragma: no branch", "pragma: no cover", ()),
    ("eval(x)  # nosec", "nosec", ()),
    ("eval(x)  # nosec B307", "nosec", ("B307",)),
    ("eval(x)  # nosec: B307,B102", "nosec", ("B307", "B102")),
    ("eval(x)  # nosec the input is ours", "nosec", ()),
    ("eval(x)  # nosemgrep", "nosemgrep", ()),
    ("eval(x)  # nosemgrep: rules.eval", "nosemgrep", ("rules.eval",)),
    ("# nosemgrep: rules.eval", "nosemgrep", ("rules.eval",)),
    ("# noinspection PyUnresolvedReferences", "noinspection", ("PyUnresolvedReferences",)),
    ("# noinspection PyBroadException,PyShadowingNames", "noinspection",
     ("PyBroadException", "PyShadowingNames")),
    ("eval(x)  # NOSONAR", "NOSONAR", ()),
    ("eval(x)  # lgtm[py/unsafe]", "lgtm", ("py/unsafe",)),
    ("x = f()  # skipcq: PYL-W0212", "skipcq", ("PYL-W0212",)),
    ("eval(x)  # codeql[py/unsafe]", "lgtm", ("py/unsafe",)),
    ("# sourcery skip: raise-specific-error", "sourcery skip", ("raise-specific-error",)),
    ("x = 1  # pragma: no mutate", "pragma: no cover", ()),
    ("# ruff: isort: skip_file", "isort: skip_file", ()),
    ("# fmt: off", "fmt: off", ()),
    ("X = (1,2)  # fmt: skip", "fmt: off", ()),
    ("import b  # isort: skip", "isort: skip", ()),
    ("# isort: skip_file", "isort: skip_file", ()),
    ("x = 'teh'  # codespell:ignore teh", "codespell:ignore", ("teh",)),
    ("KEY = 'abc'  # pragma: allowlist secret", "pragma: allowlist secret", ()),
    ("KEY = 'abc'  # gitleaks:allow", "gitleaks:allow", ()),
    ("exec(x)  # tallystick: ignore[exec] it is fine", "tallystick: ignore", ("exec",)),
)  # fmt: skip


def read(text: str) -> ReadFile:
    file = read_outline(text.encode())
    assert isinstance(file, ReadFile)
    return file


@pytest.mark.parametrize("line", LEFT_ALONE)
def test_left_alone(line: str) -> None:
    assert suppressions(read(f"{line}\n"), [1]) == []


@pytest.mark.parametrize(("line", "kind", "codes"), FOUND)
def test_found(line: str, kind: str, codes: tuple[str, ...]) -> None:
    text = f"{line}\n    pass\n" if line.startswith("if ") else f"{line}\n"
    found = suppressions(read(text), [1])
    assert [one.directive.kind.name for one in found][:1] == [kind]
    assert found[0].codes == frozenset(codes)


@pytest.mark.parametrize(
    ("comment", "kinds"),
    [
        ("# noqa: E501  # type: ignore[misc]", ["noqa", "type: ignore"]),
        ("# type: ignore # pylint: disable=no-member", ["type: ignore", "pylint: disable"]),
        ("# noqa: E501, pylint: disable=line-too-long", ["noqa", "pylint: disable"]),
        ("# type: ignore, noqa", ["type: ignore", "noqa"]),
        ("## noqa", ["noqa"]),
    ],
)
def test_several_in_one_comment(comment: str, kinds: list[str]) -> None:
    assert [one.kind.name for one in directives(comment, is_alone=False)] == kinds


def test_syntax_that_the_tokenizer_refuses() -> None:
    """A `#` in a string is no comment there either."""
    text = 'x = "# noqa"\ny = f(  # noqa: E501\n    "a # noqa", $\n'
    file = ReadFile(read("").outline, tuple(text.splitlines()), "host", ())  # type: ignore[arg-type]
    assert comments_of(file) == {2: 8}


@pytest.mark.parametrize(
    "comment",
    [
        "#" * 50_000, "# nosec" + " " * 50_000, "# " + "noqa " * 50_000,
        "# noqa: " + "a," * 50_000,
        "# noqa: " + "A1 " * 50_000, "# pyright: report" + "a" * 50_000, "#\t" * 50_000,
        "# pragma" + " " * 50_000 + "x", "# mypy: disable-error-code" + " " * 50_000,
        "# type: ignore[" + "a" * 50_000, "# codespell:ignore " + "a " * 50_000,
    ],
    ids=lambda comment: comment[:20],
)  # fmt: skip
def test_hostile_comments_are_read(comment: str) -> None:
    """In a moment: a pattern that searched again from each letter would take minutes here."""
    may_suppress(comment)
    assert len(list(directives(comment, is_alone=False))) < 10
    words_beside(comment)


ASKED = (
    "import os  # type: ignore[import-not-found, attr-defined]",
    "import os  # noqa: E402",
    "return 1  # pragma: no cover",
    "except ValueError:  # pragma: no cover",
    "if debug:  # pragma: no cover",
    "raise NotImplementedError  # noqa: TRY003",
    "import os  # noqa",
    "import os  # noqa: F401, E501",
    "import os  # noqa: F401  # loaded",
    "x = f()  # type: ignore[misc]",
    "# ruff: noqa: F401 because of its effect on the registry",
)
EXCUSED = (
    "import orjson  # type: ignore[import-not-found]",
    "import orjson  # pyright: ignore[reportMissingImports]",
    "import yaml  # type: ignore[import-untyped, import]",
    "import gi  # pylint: disable=import-error",
    "except ImportError:  # pragma: no cover",
    "except (ModuleNotFoundError, AttributeError):  # pragma: no cover",
    "if TYPE_CHECKING:  # pragma: no cover",
    "raise NotImplementedError  # pragma: no cover",
    "...  # pragma: no cover",
    'if __name__ == "__main__":  # pragma: no cover',
    "import os  # noqa: F401 - it registers the checks",
    "import os  # noqa — triggers registration for the data",
    "x = f()  # type: ignore[misc]  # the stubs are wrong here",
    "import os  # loaded for its effect  # noqa: F401",
    "x = call(y)  # nosec B602 the command is a constant",
)


@pytest.mark.parametrize(
    ("line", "is_excused"),
    [*((line, False) for line in ASKED), *((line, True) for line in EXCUSED)],
)
def test_a_reason_is_some_words_beside_it_or_what_is_installed(
    line: str, *, is_excused: bool
) -> None:
    code = line.partition("  #")[0]
    above = "try:\n    pass\n" if code.startswith("except") else "\n\n"
    below = "    pass\n" if code.endswith(":") else ""
    file = read_outline(f"{above}{line}\n{below}".encode())
    assert isinstance(file, ReadFile)
    assert [one.is_excused for one in suppressions(file, [3])] == [is_excused]
