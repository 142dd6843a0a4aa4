"""Every regular expression of the program and its rules, and input on which it would go astray."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import scanner

PROJECT = Path(__file__).resolve().parents[2]
#: What looks for a match anywhere, and so begins at every place of the text.
_ANYWHERE = ("search", "finditer", "findall", "sub", "subn", "split", "scanner")
_LONG = 10_000
#: What ends a hostile text: nothing that a repeat would take.
_ENDS = ("\0", "\n")


@dataclass(frozen=True)
class Expression:
    """An expression, where it is written, and whether it is looked for anywhere in a text."""

    where: str
    pattern: str
    flags: int
    anywhere: bool
    is_bytes: bool = False

    def compiled(self) -> re.Pattern[Any]:
        return re.compile(
            self.pattern.encode("latin-1") if self.is_bytes else self.pattern, self.flags
        )

    def texts(self) -> Iterator[str]:
        """Texts of some 10,000 characters, each a repeat of the expression taken to its end."""
        for before, body in _repeats(_parser.parse(self.pattern, self.flags)):
            for pump in sorted({sample for sample in body if sample})[:3]:
                for end in _ENDS:
                    yield before + pump * (_LONG // len(pump)) + end


def all_expressions() -> list[Expression]:
    found = {}
    for file in sorted((PROJECT / "scanner").rglob("*.py")):
        for one in _written(file):
            found[one.pattern, one.flags, one.anywhere] = one
    for one in (*_built(), *_of_rules()):
        if (one.pattern, one.flags, True) not in found:
            found.setdefault((one.pattern, one.flags, one.anywhere), one)
    return list(found.values())


def _written(file: Path) -> Iterator[Expression]:
    """Those given to `re` as constants; one under a name is looked for as the name is."""
    tree = ast.parse(file.read_text("utf-8"))
    text = file.read_text("utf-8")
    names = {
        id(node.value): target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        function = node.func
        if not (isinstance(function.value, ast.Name) and function.value.id == "re" and node.args):
            continue
        first = node.args[0]
        if not (isinstance(first, ast.Constant) and isinstance(first.value, str | bytes)):
            continue
        anywhere = function.attr in _ANYWHERE
        if function.attr == "compile":
            name = names.get(id(node), "")
            uses = _uses(name, text) if name else []
            anywhere = _is_anywhere(uses, text)
        is_bytes = isinstance(first.value, bytes)
        pattern = first.value.decode("latin-1") if isinstance(first.value, bytes) else first.value
        where = f"{file.relative_to(PROJECT)}:{node.lineno}"
        yield Expression(where, pattern, _flags(node), anywhere, is_bytes)


def _uses(name: str, text: str) -> list[str]:
    """What is called of an expression by its name, or is handed it."""
    word = re.escape(name)
    return re.findall(rf"\b{word}\.(\w+)", text) + re.findall(rf"\.(\w+)\({word}\)", text)


def _is_anywhere(uses: list[str], text: str) -> bool:
    """Of an expression without a name of its own, by whether its module looks for any anywhere."""
    if "shape.fullmatch(" in text:  # the shapes of names
        return False
    if uses:
        return any(use in _ANYWHERE for use in uses)
    return re.search(rf"(?<!\bre)\.(?:{'|'.join(_ANYWHERE)})\(", text) is not None


def _flags(call: ast.Call) -> int:
    given = [*call.args[1:], *(k.value for k in call.keywords if k.arg == "flags")]
    names = [n.attr for part in given for n in ast.walk(part) if isinstance(n, ast.Attribute)]
    flags = 0
    for name in names:
        flags |= (
            int(getattr(re, name, 0)) if isinstance(getattr(re, name, None), re.RegexFlag) else 0
        )
    return flags


def _built() -> Iterator[Expression]:
    """Those that modules make of parts when they are imported."""
    for module in pkgutil.walk_packages(scanner.__path__, "scanner."):
        if module.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            for pattern in _patterns(value):
                if isinstance(pattern.pattern, str):
                    file = Path(importlib.import_module(module.name).__file__ or "")
                    uses = _uses(name, file.read_text("utf-8"))
                    anywhere = _is_anywhere(uses, file.read_text("utf-8"))
                    flags = pattern.flags & ~re.UNICODE
                    yield Expression(f"{module.name}.{name}", pattern.pattern, flags, anywhere)


def _patterns(value: object) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple | list | frozenset | set):
        for part in value:
            yield from _patterns(part)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _patterns(part)


def _of_rules() -> Iterator[Expression]:
    import yaml

    for file in sorted((PROJECT / "rules").rglob("*.yaml")):
        yield from _in_rule(yaml.safe_load(file.read_text("utf-8")), file.name)


def _in_rule(value: object, where: str) -> Iterator[Expression]:
    if isinstance(value, dict):
        for key, part in value.items():
            if key in ("regex", "pattern-regex", "pattern-not-regex") and isinstance(part, str):
                pattern = part.replace(r"\z", r"\Z")
                anywhere = key != "regex"  # that of a metavariable begins at its beginning
                if _is_python(pattern):
                    yield Expression(f"rules/{where}", pattern, re.MULTILINE, anywhere)
            else:
                yield from _in_rule(part, where)
    elif isinstance(value, list):
        for part in value:
            yield from _in_rule(part, where)


def _is_python(pattern: str) -> bool:
    """Semgrep's are of PCRE: a few are not Python's, and held by semgrep's own limit alone."""
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


# --------------------------------------------------------------------------- what they match


def _repeats(parsed: Iterable[Any], before: str = "") -> Iterator[tuple[str, list[str]]]:
    """For each unlimited repeat, a text that leads to it and samples of what it repeats."""
    for kind, argument in parsed:
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            least, most, body = argument
            if most is op.MAXREPEAT or most > 100:
                yield before, _samples(body)
                yield "", _samples(body)
            yield from _repeats(body, before)
            before += (_samples(body) or [""])[0] * max(least, 0)
        elif kind is op.SUBPATTERN:
            yield from _repeats(argument[-1], before)
            before += (_samples(argument[-1]) or [""])[0]
        elif kind is op.ATOMIC_GROUP:
            yield from _repeats(argument, before)
            before += (_samples(argument) or [""])[0]
        elif kind is op.BRANCH:
            for branch in argument[1]:
                yield from _repeats(branch, before)
            before += (_samples(argument[1][0]) or [""])[0]
        elif kind in (op.ASSERT, op.ASSERT_NOT):
            yield from _repeats(argument[1], before)
        else:
            before += (_samples([(kind, argument)]) or [""])[0]


def _samples(parsed: Iterable[Any]) -> list[str]:
    """A few texts that a part matches, as good as can be told."""
    texts = [""]
    for kind, argument in parsed:
        parts = _part(kind, argument)
        texts = [text + part for text in texts for part in parts][:6]
    return texts


def _part(kind: Any, argument: Any) -> list[str]:
    if kind is op.LITERAL:
        return [chr(argument)]
    if kind is op.NOT_LITERAL:
        return [" " if argument != ord(" ") else "a", "a" if argument != ord("a") else "b"]
    if kind is op.ANY:
        return ["a", " ", "#"]
    if kind is op.IN:
        return _of_set(argument)
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        least, _, body = argument
        return (
            [sample * least for sample in _samples(body)][:3]
            + ([""] if not least else [])
            + (_samples(body)[:1] if not least else [])
        )
    if kind is op.SUBPATTERN:
        return _samples(argument[-1])
    if kind is op.ATOMIC_GROUP:
        return _samples(argument)
    if kind is op.BRANCH:
        return [text for branch in argument[1] for text in _samples(branch)[:1]][:4]
    return [""]


def _of_set(members: Any) -> list[str]:
    is_negated = any(kind is op.NEGATE for kind, _ in members)
    pattern = "[" + "^" * is_negated + "".join(_written_member(*m) for m in members) + "]"
    test = re.compile(pattern, re.DOTALL)
    return [char for char in " a1#'\"-,.:=/()[]{}@_\t\n\\" if test.match(char)][:4] or [
        char for char in map(chr, range(128)) if test.match(char)
    ][:1]


def _written_member(kind: Any, argument: Any) -> str:
    if kind is op.LITERAL:
        return re.escape(chr(argument))
    if kind is op.RANGE:
        return f"{re.escape(chr(argument[0]))}-{re.escape(chr(argument[1]))}"
    if kind is op.CATEGORY:
        names = {
            op.CATEGORY_DIGIT: r"\d", op.CATEGORY_NOT_DIGIT: r"\D", op.CATEGORY_SPACE: r"\s",
            op.CATEGORY_NOT_SPACE: r"\S", op.CATEGORY_WORD: r"\w", op.CATEGORY_NOT_WORD: r"\W",
        }  # fmt: skip
        return names[argument]
    return ""
