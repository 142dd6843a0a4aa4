"""What is fuzzed: functions of bytes that may give a Problem or a documented error, no more.

Each has seeds of its name in `fuzz/seeds`.
"""

from __future__ import annotations

from collections.abc import Callable

from fuzz import of_code, of_outputs, of_records

Target = Callable[[bytes], object]

TARGETS: dict[str, Target] = {
    "outline": of_code.outline,
    "chunks": of_code.chunks,
    "lowering": of_code.lowering,
    "slices": of_code.slices,
    "fixes": of_code.fixes,
    "copies": of_code.copies,
    "change": of_code.change,
    "marks": of_code.marks,
    "settings": of_records.settings,
    "diff": of_records.diff,
    "pairs": of_records.pairs,
    "entries": of_records.entries,
    "attributes": of_records.attributes,
    "script": of_records.script,
    "manifest": of_records.manifest,
    "checks": of_records.checks,
    "events": of_records.events,
    "agents": of_records.agents,
    "pack": of_records.pack,
    "conventions": of_records.conventions,
    "commit": of_records.commit,
    "stamp": of_records.stamp,
    "comment": of_records.comment,
    "baseline": of_records.baseline,
    "overrides": of_records.overrides,
    "export": of_records.export,
    "ignored": of_records.ignored,
    "traces": of_records.traces,
    "notes": of_records.notes,
    "semgrep": of_outputs.semgrep,
    "renderers": of_outputs.renderers,
    "cached": of_outputs.cached,
}
