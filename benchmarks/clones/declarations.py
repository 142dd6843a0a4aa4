"""How many findings on copies are declarations: fields, signatures, decorators, options.

    python -m benchmarks.clones.declarations [--last N] [--most SHARE] REPOSITORY…

The newest changes of each history are judged as they came. A finding is false here if at least half
of its lines, heads and decorators aside, declare by the syntax tree: the statements of a class
body, and calls that stand alone and are given constants; or if it has no other lines. Exit status 1
if more than `--most` of all findings are. The tree knows nothing of what `analysis.clones` takes
for a declaration.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.clones.walk import Step, walk
from scanner.base.model import Finding

HALF = 0.5


def share_declared(step: Step, finding: Finding) -> float:
    """The share of a finding's lines that declare, heads, decorators and blank lines aside."""
    file = next(one.after for one in step.files if one.path == finding.place.path)
    assert file is not None
    nodes = list(ast.walk(file.tree()))
    heads = {line for node in nodes for line in _head(node)}
    declared = {line for node in nodes for line in _declared(node)}
    span = range(finding.place.span.first, finding.place.span.last + 1)
    lines = [line for line in span if line not in heads and file.lines[line - 1].strip()]
    return sum(line in declared for line in lines) / len(lines) if lines else 1.0


def _head(node: ast.AST) -> Iterator[int]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
        yield from range(first, max(first + 1, node.body[0].lineno))


def _declared(node: ast.AST) -> Iterator[int]:
    statements: list[ast.stmt] = []
    if isinstance(node, ast.ClassDef):
        statements += (s for s in node.body if isinstance(s, ast.Assign | ast.AnnAssign | ast.Expr))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        given = (*node.value.args, *(keyword.value for keyword in node.value.keywords))
        statements += [node] if given and isinstance(given[0], ast.Constant) else []
    for one in statements:
        yield from range(one.lineno, (one.end_lineno or one.lineno) + 1)


def main() -> None:
    """Prints the rates of each history and of all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--last", type=int, default=200)
    parser.add_argument("--most", type=float, default=0.05)
    options = parser.parse_args()
    everything = false = 0
    for path in options.repositories:
        steps = list(walk(path, options.last))
        found = [(step, finding) for step in steps for finding in step.findings]
        wrong = [(s, f) for s, f in found if share_declared(s, f) >= HALF]
        everything, false = everything + len(found), false + len(wrong)
        name = path.parent.name if path.name == "repo" else path.name
        points = sum(finding.points for _, finding in found)
        added = sum(step.added for step in steps)
        print(f"{name}: {len(steps)} changes, {added} added code lines, {len(found)} findings, "
              f"{points:.0f} points, {len(wrong)} declare")  # fmt: skip
        for step, finding in wrong:
            place = finding.place
            print(f"  {step.commit.oid[:10]} {place.path}:{place.span.first} {place.unit}")
    rate = false / max(1, everything)
    print(f"all: {everything} findings, {false} declare ({rate:.1%}; at most {options.most:.0%})")
    sys.exit(rate > options.most)


if __name__ == "__main__":
    main()
