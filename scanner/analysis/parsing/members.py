"""A class cut member by member, so that a change of one method costs no parse of the others.

The argument is that of `chunks`, one level down: where the head of a class and each member parse by
themselves, none ends inside a string, bracket or block, so together they parse to the same tree.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from scanner.analysis.parsing.cutting import (
    Cut,
    Definition,
    Extract,
    Piece,
    content_of,
    cut,
    dedent,
)
from scanner.analysis.parsing.source import split_lines
from scanner.analysis.parsing.syntax import parse

_MEMBER = r"(?:(@)|def\b|class\b|async[ \t]+def\b)"
_FIRST_MEMBER = re.compile(rf"\n([ \t]+){_MEMBER}")
#: What a member stands in while it is parsed, in a line of its own.
_WRAPPER = "class _:\n"


@dataclass(frozen=True, slots=True)
class Member:
    """A stretch of a class body, cut inside a class of its own; or the head of a class.

    `owner` is that class, `inner` what is cut out of it or stands below it, `below` the rest of the
    lines below it. Lines count from the first of the stretch. `stays` says whether a statement is
    left in the class when definitions are cut out, `ends` whether one stands below the class.
    """

    line_count: int
    owner: Piece
    inner: tuple[Piece, ...]
    below: Extract
    stays: bool
    ends: bool


def split_class(text: str) -> tuple[str, list[str]] | None:
    """The head of a class with a `pass` at its end, and the members; None if there are none."""
    first = _FIRST_MEMBER.search(text)
    if first is None:
        return None
    boundary = re.compile(rf"\n{first[1]}{_MEMBER}")
    head, start, decorated = text[: first.start() + 1], first.start() + 1, first[2] is not None
    members = []
    for found in boundary.finditer(text, start):
        if not decorated:
            members.append(text[start : found.start() + 1])
            start = found.start() + 1
        decorated = found[1] is not None
    return f"{head}{first[1]}pass\n", [*members, text[start:]]


def read_head(text: str) -> Member | None:
    """The head of a class out of `split_class`; None if it does not stand by itself."""
    found = _parsed(text)
    if found is None:
        return None
    tree, node = found
    lines = split_lines(text)
    closing = node.body[-1]
    if len(tree.body) > 1 or not isinstance(closing, ast.Pass) or closing.lineno != len(lines):
        return None
    return _member(tree, node.body[:-1], lines, added_line=len(lines))


def read_member(text: str) -> Member | None:
    """A stretch of a class body; None if it does not stand by itself."""
    found = _parsed(_WRAPPER + text)
    if found is None:
        return None
    tree, node = found
    return _member(tree, node.body, split_lines(_WRAPPER + text), added_line=1)


def _parsed(text: str) -> tuple[ast.Module, ast.ClassDef] | None:
    try:
        tree = parse(text)
    except (SyntaxError, RecursionError, MemoryError):
        return None
    node = tree.body[0]
    return (tree, node) if isinstance(node, ast.ClassDef) else None


def _member(tree: ast.Module, body: list[ast.stmt], lines: list[str], *, added_line: int) -> Member:
    """Cuts a stretch, and takes the line out again that was added to parse it."""
    found = cut(tree, lines)
    shift = -1 if added_line == 1 else 0
    owner, *inner = found.pieces
    own = tuple(place for place in owner.extract.places if place != added_line)
    owner = replace(owner, extract=Extract(own, owner.extract.placeholders))
    stays = any(not isinstance(statement, Definition) for statement in body)
    return Member(
        len(lines) - 1,
        _moved(owner, shift),
        tuple(_moved(piece, shift) for piece in inner),
        found.skeleton.moved(shift),
        stays,
        ends=len(tree.body) > 1,
    )


def _moved(piece: Piece, lines: int) -> Piece:
    return replace(
        piece,
        first=piece.first + lines,
        last=piece.last + lines,
        extract=piece.extract.moved(lines),
    )


def join(head: Member, members: list[Member], lines: Sequence[str]) -> Cut | None:
    """Puts a class of those lines together again; None if it ends before its last member."""
    if any(member.ends for member in members[:-1]):
        return None
    name = head.owner.name
    places, pieces = list(head.owner.extract.places), list(head.inner)
    offset = head.line_count
    placeholders = set(head.owner.extract.placeholders)
    for member in members:
        pieces += _renamed(member, name, offset)
        body = _body(member, is_last=member is members[-1])
        places += body.moved(offset).places
        placeholders.update(body.moved(offset).placeholders)
        offset += member.line_count
    if not any(member.stays for member in (head, *members)):
        places.append(head.line_count + 1)
        placeholders.add(head.line_count + 1)
    offset -= members[-1].line_count
    extract = Extract(tuple(sorted(places)), frozenset(placeholders))
    content = content_of(dedent(extract.lines(lines)))
    last = members[-1].owner.last + offset
    whole = Piece(name, head.owner.kind, head.owner.first, last, extract, content)
    return Cut(members[-1].below.moved(offset), (whole, *pieces), ())


def _renamed(member: Member, class_name: str, offset: int) -> Iterator[Piece]:
    """The pieces of a member in the lines of the class, those inside the class with its name."""
    for piece in member.inner:
        moved = _moved(piece, offset)
        if piece.first > member.owner.last:
            yield moved
        else:
            yield replace(moved, name=class_name + piece.name.removeprefix(member.owner.name))


def _body(member: Member, *, is_last: bool) -> Extract:
    """What a member adds to the skeleton of the class.

    Below a member that is not the last stand only comments. A stretch of definitions alone has a
    placeholder, which the whole class need not have.
    """
    extract = member.owner.extract
    below = () if is_last else member.below.places
    if member.stays:
        return Extract((*extract.places, *below), extract.placeholders)
    own = (place for place in extract.places if place not in extract.placeholders)
    return Extract((*own, *below))
