"""Our complexity facts beside those of radon, tokenize and complexipy, differences explained.

Pure comparisons of one file each; `complexity_oracles` runs them over trees, tests over samples.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import complexipy
from radon.metrics import h_visit_ast, mi_visit
from radon.raw import analyze
from radon.visitors import Class, ComplexityVisitor, Function

from scanner.analysis.metrics.complexity import file_facts, measure
from scanner.analysis.parsing.lowering import lower
from scanner.analysis.parsing.outline import ReadFile, code_lines, read_outline, unit_source
from scanner.analysis.parsing.source import PLACEHOLDER
from scanner.analysis.parsing.syntax import parse
from scanner.base.model import Complexity, FileFacts, Halstead, Problem, Unit, UnitKind

#: str.splitlines, which radon uses, ends lines at these; git and Python do not.
OTHER_LINE_ENDS = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
FORM_FEEDS = "radon ends lines at form feeds and the like (str.splitlines), git does not"
LOCAL_CLASS = "radon drops classes inside functions; their methods are closures here"
COLON_IN_FIELD = "a colon in a field of an f-string, which radon sees on 3.12 and not on 3.11"

LONE_TEMPLATE = "an f-string that is a whole statement, which radon takes for a comment on 3.11"
#: What forcing every f-string through the rewriting may change.
OTHERWISE_LOWERED = {
    "logical_lines": COLON_IN_FIELD,
    "maintainability_index": COLON_IN_FIELD,
    "source_lines": LONE_TEMPLATE,
    "single_comment_lines": LONE_TEMPLATE,
    "docstring_lines": LONE_TEMPLATE,
}

_FORM_FEEDS_TO_SPACES = str.maketrans(OTHER_LINE_ENDS, " " * len(OTHER_LINE_ENDS))
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact that the two sides count differently, and the explanation if there is one."""

    fact: str
    where: str
    ours: object
    theirs: object
    explanation: str | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """A file with all our facts, and its syntax tree for the peers."""

    file: ReadFile
    units: Mapping[Unit, Complexity]
    whole: FileFacts
    tree: ast.Module

    @property
    def functions(self) -> list[Unit]:
        kinds = (UnitKind.FUNCTION, UnitKind.METHOD)
        return [unit for unit in self.file.outline.units if unit.kind in kinds]


def measured(file: ReadFile) -> Measured | Problem:
    """All facts of a file, or the first Problem."""
    units: dict[Unit, Complexity] = {}
    for unit in file.outline.units:
        facts = measure(unit_source(file, unit))
        if isinstance(facts, Problem):
            return facts
        units[unit] = facts
    whole = file_facts(file)
    if isinstance(whole, Problem):
        return whole
    return Measured(file, units, whole, parse(file.text))


# --------------------------------------------------------------------------- radon: cyclomatic


def compare_cyclomatic(ours: Measured) -> Iterator[Difference]:
    """Every block that radon reports, closures and classes too, and the module's own statements."""
    module, theirs = _radon_blocks(ours.tree)
    own = ours.units[ours.file.outline.units[0]].cyclomatic
    if own != module:
        yield Difference("cyclomatic", "<module>", own, module)
    blocks, local = _our_blocks(ours), _lines_in_local_classes(ours.tree)
    for line in sorted(blocks.keys() | theirs.keys()):
        if blocks.get(line) != theirs.get(line):
            why = LOCAL_CLASS if line in local else None
            yield Difference("cyclomatic", f"line {line}", blocks.get(line), theirs.get(line), why)


def _radon_blocks(tree: ast.Module) -> tuple[int, dict[int, int]]:
    """radon's complexity of the module's own statements, and of each block by its line."""
    visitor = ComplexityVisitor.from_ast(tree)
    found: dict[int, int] = {}
    pending: list[Function | Class] = [*visitor.functions, *visitor.classes]
    while pending:
        block = pending.pop()
        if isinstance(block, Class):
            found[block.lineno] = block.real_complexity
            pending.extend([*block.methods, *block.inner_classes])
        else:
            found[block.lineno] = block.complexity
            pending.extend(block.closures)
    return visitor.complexity, found


def _our_blocks(ours: Measured) -> dict[int, int]:
    """Our counts by the line of `def` or `class`; a class counts its methods, as radon's does."""
    nodes = [node for node in ast.walk(ours.tree) if isinstance(node, _Definition)]
    lines = {_first_line(node, ours.file.lines): node.lineno for node in nodes}
    found: dict[int, int] = {}
    owners: list[Unit] = []
    for unit in ours.file.outline.units[1:]:
        while owners and unit.span.first > owners[-1].span.last:
            owners.pop()
        facts, first = ours.units[unit], unit.span.first
        found[lines[first]] = facts.cyclomatic
        found.update({first + c.line_offset: c.cyclomatic for c in facts.closures})
        if unit.kind is UnitKind.METHOD:
            found[lines[owners[-1].span.first]] += facts.cyclomatic
        if unit.kind is UnitKind.CLASS:
            owners.append(unit)
    return found


def _first_line(node: _Definition, lines: tuple[str, ...]) -> int:
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    while node.decorator_list and not lines[first - 1].lstrip().startswith("@"):
        first -= 1
    return first


def _lines_in_local_classes(tree: ast.Module) -> set[int]:
    """The lines of the definitions in classes in functions."""
    return {
        inner.lineno
        for function in ast.walk(tree)
        if isinstance(function, _Function)
        for local in ast.walk(function)
        if isinstance(local, ast.ClassDef)
        for inner in ast.walk(local)
        if isinstance(inner, _Definition)
    }


# --------------------------------------------------------------------------- radon: the rest


def compare_halstead(ours: Measured) -> Iterator[Difference]:
    """The counts of the file and of each function, and the volume to the last bit."""
    report = h_visit_ast(ours.tree)
    pairs: list[tuple[str, object, object]] = [
        ("file", ours.whole.halstead, _halstead(report.total)),
        ("volume", ours.whole.halstead_volume, report.total.volume),
        ("functions", len(ours.functions), len(report.functions)),
    ]
    for unit, (_, theirs) in zip(ours.functions, report.functions, strict=False):
        pairs.append((unit.name, ours.units[unit].halstead, _halstead(theirs)))
    for where, own, their in pairs:
        if own != their:
            yield Difference("halstead", where, own, their)


def _halstead(report: object) -> Halstead:
    return Halstead(*(getattr(report, name) for name in ("h1", "h2", "N1", "N2")))


def compare_raw(ours: Measured) -> Iterator[Difference]:
    """radon's seven raw counts."""
    whole, text = ours.whole, ours.file.text
    own = {
        "loc": whole.lines,
        "lloc": whole.logical_lines,
        "sloc": whole.source_lines,
        "comments": whole.comment_lines,
        "multi": whole.docstring_lines,
        "blank": whole.blank_lines,
        "single_comments": whole.single_comment_lines,
    }
    theirs = analyze(text)._asdict()
    if own == theirs:
        return
    plain = text.translate(_FORM_FEEDS_TO_SPACES)
    why = FORM_FEEDS if plain != text and own == analyze(plain)._asdict() else None
    for name, value in own.items():
        if value != theirs[name]:
            yield Difference("raw " + name, "file", value, theirs[name], why)


def compare_index(ours: Measured) -> Iterator[Difference]:
    """The maintainability index of the file, to the last bit."""
    own, text = ours.whole.maintainability_index, ours.file.text
    theirs = mi_visit(text, multi=True)
    if own != theirs:
        plain = text.translate(_FORM_FEEDS_TO_SPACES)
        why = FORM_FEEDS if plain != text and own == mi_visit(plain, multi=True) else None
        yield Difference("index", "file", own, theirs, why)


def compare_unit_texts(ours: Measured) -> Iterator[Difference]:
    """Raw counts and index of each unit's own text. The lines of placeholders we do not count."""
    for unit, facts in ours.units.items():
        text = unit_source(ours.file, unit).text.translate(_FORM_FEEDS_TO_SPACES)
        theirs = analyze(text)
        placeholders = sum(line.strip() == PLACEHOLDER for line in text.split("\n"))
        for fact, own, their in (
            ("unit lloc", facts.logical_lines, theirs.lloc - placeholders),
            ("unit comments", facts.comment_lines, theirs.comments),
            ("unit index", facts.maintainability_index, mi_visit(text, multi=True)),
        ):
            if own != their:
                yield Difference(fact, unit.name, own, their)


# --------------------------------------------------------------------------- tokenize: code lines


def compare_code_lines(ours: Measured) -> Iterator[Difference]:
    """Each line that only one side takes for code."""
    own, theirs = code_lines(ours.file), reference_code_lines(ours.file.text)
    for line in sorted(own ^ theirs):
        yield Difference("code line", f"line {line}", line in own, line in theirs)


_TRIVIA = (tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)


def reference_code_lines(text: str) -> frozenset[int]:
    """Code lines by the standard library's tokenizer."""
    code: set[int] = set()
    statement: list[tokenize.TokenInfo] = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NEWLINE:
            if not all(_is_plain_string(part) for part in statement):
                for part in statement:
                    code.update(range(part.start[0], part.end[0] + 1))
                code.update(_continuations(statement, text))
            statement = []
        elif token.type not in _TRIVIA:
            statement.append(token)
    return frozenset(code)


def _is_plain_string(token: tokenize.TokenInfo) -> bool:
    prefix = token.string[: token.string.find(token.string[-1])].lower()
    return token.type == tokenize.STRING and not set(prefix) & set("ft")


def _continuations(statement: list[tokenize.TokenInfo], text: str) -> Iterator[int]:
    """Lines that hold nothing but a backslash."""
    lines = text.split("\n")
    for line in range(statement[0].start[0], statement[-1].end[0] + 1):
        if lines[line - 1].strip() == "\\":
            yield line


# --------------------------------------------------------------------------- complexipy: cognitive

#: Constructs that complexipy counts otherwise than SonarSource's definition.
OTHERWISE_IN_COMPLEXIPY: dict[str, Callable[[_Function, ast.AST], bool]] = {
    "comprehension: counted, though no statement": lambda _, node: isinstance(
        node, ast.comprehension
    ),
    "lambda: nests, though no statement": lambda _, node: isinstance(node, ast.Lambda),
    "match: counted": lambda _, node: isinstance(node, ast.Match),
    "else of a loop: not counted as an else": lambda _, node: (
        isinstance(node, ast.For | ast.AsyncFor | ast.While) and bool(node.orelse)
    ),
    "else of a try: not counted as an else": lambda _, node: (
        isinstance(node, ast.Try | ast.TryStar) and bool(node.orelse)
    ),
    "recursion: counted, as in the paper": lambda unit, node: (
        isinstance(node, ast.Call) and unit.name in _names(node.func)
    ),
    "function in a function: other rule for wrappers and for blocks round it": lambda unit, node: (
        isinstance(node, _Definition) and node is not unit
    ),
    "operator or ternary deep in an expression: not looked at": lambda _, node: _hides(node),
    "decorator: not looked at": lambda unit, _: any(map(_has_operator, unit.decorator_list)),
    "`or` taken up again after an `and`: not counted again": lambda _, node: (
        isinstance(node, ast.BoolOp)
        and len(node.values) > 2
        and any(isinstance(value, ast.BoolOp) for value in node.values)
    ),
    "parenthesised chain of the same operator: taken for one": lambda _, node: (
        isinstance(node, ast.BoolOp)
        and any(isinstance(v, ast.BoolOp) and type(v.op) is type(node.op) for v in node.values)
    ),
}


def compare_cognitive(ours: Measured) -> Iterator[Difference]:
    """Each function and method; a difference is explained by the constructs that are in it."""
    for unit in ours.functions:
        text = unit_source(ours.file, unit).text
        own, theirs = ours.units[unit].cognitive, complexipy.code_complexity(text).complexity
        if own != theirs:
            why = otherwise_in_complexipy(text)
            yield Difference("cognitive", unit.name, own, theirs, why[0] if why else None)


def otherwise_in_complexipy(text: str) -> list[str]:
    """Which of the constructs that complexipy counts otherwise stand in a function."""
    function = parse(text).body[0]
    assert isinstance(function, _Function)
    nodes = list(ast.walk(function))
    return [
        why
        for why, stands in OTHERWISE_IN_COMPLEXIPY.items()
        if any(stands(function, node) for node in nodes)
    ]


def _names(node: ast.expr) -> set[str]:
    return {
        part.id if isinstance(part, ast.Name) else part.attr
        for part in ast.walk(node)
        if isinstance(part, ast.Name | ast.Attribute)
    }


def _has_operator(node: ast.AST) -> bool:
    return any(isinstance(part, ast.BoolOp | ast.IfExp) for part in ast.walk(node))


def _hides(node: ast.AST) -> bool:
    """Whether an operator stands where complexipy does not look: inside of another expression."""
    if isinstance(node, ast.IfExp):
        return _has_operator(node.test)
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.operand, ast.IfExp)
    if isinstance(node, ast.BoolOp):
        return any(isinstance(value, ast.IfExp) for value in node.values)
    if isinstance(node, ast.ExceptHandler):
        return node.type is not None and _has_operator(node.type)
    if isinstance(node, ast.arguments | ast.withitem):
        return _has_operator(node)
    if not isinstance(node, ast.expr):
        return False
    return _has_operator(node)


# --------------------------------------------------------------------------- lowering


def compare_lowered(ours: Measured) -> Iterator[Difference]:
    """All facts when every f-string is rewritten, though the host can read it."""
    text = lower(ours.file.text, readable=lambda _: False)
    if text == ours.file.text:
        return
    file = read_outline(text.encode("utf-8", "surrogatepass"))
    theirs = file if isinstance(file, Problem) else measured(file)
    if isinstance(theirs, Problem):
        yield Difference("lowered", "file", "readable", theirs.reason)
        return
    yield from _compare_facts("file", ours.whole, theirs.whole)
    for unit, other in zip(ours.units, theirs.units, strict=True):
        if (unit.name, unit.span) != (other.name, other.span):
            yield Difference("lowered outline", unit.name, unit, other)
        yield from _compare_facts(unit.name, ours.units[unit], theirs.units[other])
    for line in sorted(code_lines(ours.file) ^ code_lines(theirs.file)):
        yield Difference("lowered code line", f"line {line}", None, None)


def _compare_facts(
    where: str, own: Complexity | FileFacts, their: Complexity | FileFacts
) -> Iterator[Difference]:
    for name in own.__slots__:
        before, after = getattr(own, name), getattr(their, name)
        if before != after:
            yield Difference("lowered " + name, where, before, after, OTHERWISE_LOWERED.get(name))
