"""Targets that read what people, agents and tools write down: settings, notes, manifests, packs."""

from __future__ import annotations

from collections.abc import Callable

from scanner.analysis.choices.matching import compiled
from scanner.analysis.choices.team import ConventionError, TeamConvention, analysis_of, written
from scanner.analysis.parsing.source import UnitSource
from scanner.attribution.agent_trace import parse_traces
from scanner.attribution.commits import marks_of
from scanner.attribution.git_ai import parse_note
from scanner.attribution.identities import IdentityTable
from scanner.attribution.messages import coauthors, quoted_coauthors, statements
from scanner.attribution.notes import spans_of
from scanner.attribution.overrides import parse_overrides
from scanner.attribution.registry import shipped
from scanner.attribution.settings import StampSettings
from scanner.attribution.share_notes import parse_share
from scanner.attribution.stamp import stamp_message
from scanner.base.errors import ScanError
from scanner.base.model import UnitKind
from scanner.changes.change_type import change_type
from scanner.changes.exclusions import read_ignored_revisions
from scanner.cli.agent_protocols import PROTOCOLS, Protocol, read_call
from scanner.codebase.declarations import declared_in
from scanner.config import GuardPoints, parse_settings
from scanner.delivery.exports import read_export
from scanner.dependencies.manifests import reader_for, script_block
from scanner.durability.fixes import fix_of
from scanner.gate.baseline import read_baseline, write_baseline
from scanner.gate.waivers import read_inline
from scanner.git.commits import parse_commit
from scanner.git.diffs import DiffFormatError, parse_pairs, parse_raw_single, parse_single
from scanner.guards.agent_hooks import lost_agent_hooks
from scanner.guards.check_steps import ChangedText, TextsTree
from scanner.guards.checks import lost_checks
from scanner.guards.suppression_kinds import directives, may_suppress
from scanner.guards.tool_settings import milder_settings
from scanner.recipes.agents import SIGNS
from scanner.recipes.agents import entries as agent_entries
from scanner.recipes.instructions import MeasuredHabit, section, stale, with_section
from scanner.recipes.stated_rules import stated_rules
from scanner.roles.agent_files import section_of
from scanner.roles.foreign import is_foreign_path, read_attributes
from scanner.roles.languages import is_python_script
from scanner.rulepacks.catalogue import parse_pack
from scanner.rulepacks.hits import is_silenced
from scanner.rulepacks.packs import pack_of_bytes

_BETWEEN = "\n#=\n"


def text_of(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def settings(data: bytes) -> object:
    """Settings are valid or a sentence says why not."""
    try:
        found = parse_settings(text_of(data), "tallystick.toml")
    except ScanError as error:
        return error.message
    return found


def _said(read: Callable[[str], object], data: bytes) -> object:
    """What is read, or the sentence that refuses it."""
    try:
        return read(text_of(data))
    except ScanError as error:
        return error.message


def diff(data: bytes) -> object:
    """A patch as git writes it; anything else is named as such."""
    try:
        return parse_single([data])
    except DiffFormatError as error:
        return error


def pairs(data: bytes) -> object:
    """Several pairs, in blocks of any size, give what one block gives."""
    headers = [b"1" * 40 + b" " + b"2" * 40 + b"\n", b"2" * 40 + b" " + b"3" * 40 + b"\n"]
    size = 1 + sum(data) % 61
    blocks = [data[at : at + size] for at in range(0, len(data), size)]
    if (one := _of_pairs([data], headers)) != (other := _of_pairs(blocks, headers)):
        raise AssertionError(f"{one} in one block, {other} in several")
    return one


def _of_pairs(blocks: list[bytes], headers: list[bytes]) -> object:
    try:
        return list(parse_pairs(blocks, headers))
    except DiffFormatError:
        return None


def entries(data: bytes) -> object:
    """Raw entries as git writes them."""
    try:
        return parse_raw_single([data])
    except DiffFormatError as error:
        return error


def attributes(data: bytes) -> object:
    """`.gitattributes`, asked of a few paths."""
    rules = read_attributes({"": text_of(data)})
    return [is_foreign_path(path, rules) for path in ("a.py", "a/b/c.py", "gen/x_pb2.py")]


def script(data: bytes) -> object:
    """The inline metadata of a script, and whether it is one."""
    try:
        return is_python_script(data), script_block(text_of(data))
    except ValueError as error:
        return error


def manifest(data: bytes) -> object:
    """A file that says what is depended on; the first line is its path."""
    path, _, text = data.partition(b"\n")
    read = reader_for(text_of(path))
    return read and declared_in(text, read)


def checks(data: bytes) -> object:
    """CI, hooks and settings of tools that become milder; the first line is the path."""
    path, _, texts = text_of(data).partition("\n")
    before, _, after = texts.partition(_BETWEEN)
    changed = [ChangedText(path, before, after)]
    trees = TextsTree({path: before}), TextsTree({path: after})
    points = GuardPoints()
    return lost_checks(changed, points, *trees), milder_settings(changed, points)


def events(data: bytes) -> object:
    """What an agent sends is an event for each protocol, or a sentence says why not."""
    return [_event(protocol, data) for protocol in PROTOCOLS.values()]


def _event(protocol: Protocol, data: bytes) -> object:
    try:
        return read_call(protocol, data)
    except ScanError as error:
        return error.message


def agents(data: bytes) -> object:
    """Instructions and settings of agents, before and after; the first line is the path."""
    path, _, texts = text_of(data).partition("\n")
    before, _, after = texts.partition(_BETWEEN)
    changed = [ChangedText(path, before, after)]
    written = with_section(before, section([MeasuredHabit("all is so", 9, 9)], ["a.py"]))
    assert with_section(written, section_of(written) or "") == written
    return (
        list(lost_agent_hooks(changed, GuardPoints())),
        list(stated_rules(before)),
        list(agent_entries(SIGNS, {path: before})),
        list(stale(path, before, [], ())),
    )


def pack(data: bytes) -> object:
    """A pack of rules is read, or a Problem says what is wrong."""
    try:
        return parse_pack(pack_of_bytes("pack.yaml", data))
    except ScanError as error:
        return error.message


def conventions(data: bytes) -> object:
    """A team's own convention is read and asked of its cases, or a sentence says why not."""
    source = TeamConvention("conventions/one.toml", text_of(data))
    try:
        compiled(source)
        analysis = analysis_of([source])
        cases = [UnitSource(UnitKind.MODULE, case.code) for case in written(source).cases]
    except ConventionError as error:
        return str(error)
    return [analysis.compute(case) for case in cases]


def commit(data: bytes) -> object:
    """A commit object, and what is told from its message and people."""
    found = parse_commit("0" * 40, (), data)
    title = found.message.partition("\n")[0]
    return (
        marks_of(found, IdentityTable(shipped())),
        change_type(found.message, ("a.py",)),
        fix_of(title, found.message),
        list(coauthors(statements(found.message))),
        list(quoted_coauthors(statements(found.message))),
    )


def stamp(data: bytes) -> object:
    """A message is stamped once, and never a second time."""
    message, running = data.decode("utf-8", "surrogateescape"), {"CLAUDECODE": "1"}
    stamped = stamp_message(message, running, StampSettings())
    if stamped is not None and stamp_message(stamped, running, StampSettings()) is not None:
        raise AssertionError(f"stamped twice: {stamped!r}")
    return stamped


def comment(data: bytes) -> object:
    """A comment that may suppress or waive something."""
    text = text_of(data).replace("\n", " ")
    found = list(directives(text, is_alone=True)) if may_suppress(text) else []
    return found, list(read_inline(text, 1)), is_silenced(text, "bare-except")


def baseline(data: bytes) -> object:
    """A baseline that is read says the same when it was written again."""
    try:
        known = read_baseline(text_of(data), "baseline")
    except ScanError as error:
        return error.message
    if (again := read_baseline(write_baseline(known.values()), "baseline")) != known:
        raise AssertionError(f"{known} was read, {again} after it was written")
    return known


def overrides(data: bytes) -> object:
    """The user's labels of commits."""
    return _said(lambda text: parse_overrides(text, "labels"), data)


def export(data: bytes) -> object:
    """Pull requests as `gh` and `glab` print them."""
    return read_export([("pulls.json", text_of(data))])


def ignored(data: bytes) -> object:
    """Revisions that `git blame` is told to ignore."""
    return read_ignored_revisions(text_of(data))


def traces(data: bytes) -> object:
    """Agent Trace records."""
    return list(parse_traces(data, "traces.jsonl", frozenset({"claude"})))


def notes(data: bytes) -> object:
    """git-ai's notes, notes of shares, and a list of lines."""
    note = parse_note(data)
    return note.claim, parse_share(data, "1" * 40), spans_of(text_of(data))
