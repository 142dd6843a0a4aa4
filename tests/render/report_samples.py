"""Reports of built histories: a quiet one with enough evidence, and a hostile one."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from fixtures.repository import RepositoryBuilder
from scanner.base.model import Change, Commit, Dimension, DimensionScore, Finding, Scorecard
from scanner.base.store import open_store
from scanner.config import Settings
from scanner.git.commits import resolve
from scanner.git.process import open_repository
from scanner.history.aftermath import follow_up
from scanner.history.debt_over_time import standing_debt
from scanner.history.read import Selection, read_history
from scanner.judge.batch import JudgingContext
from scanner.report.build import Material, Report, build_report
from scanner.tree.clone_groups import standing_clones
from scanner.tree.scan import scan_tree
from tests.render.samples import EVERY_FINDING, hostile_findings

AUTHORS = (
    "Ada Lovelace <ada@people.example>",
    "Grace Hopper <grace@people.example>",
    "Katherine Johnson <katherine@people.example>",
    "Edsger Dijkstra <edsger@people.example>",
)
#: Marks from before an agent existed are not believed.
SUMMER_2025 = 1_751_328_000
TRAILER = "\n\nCo-authored-by: Claude <noreply@anthropic.com>\n"

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>"
HOSTILE_TITLE = f"Fix {MARKUP} {{{{ 7*7 }}}} \u202egnp.exe"
HOSTILE_PATH = "pkg/odd\n<b>name.py"
#: What git gives for a path whose last byte is no UTF-8.
PATH_OF_BYTES = "pkg/odd\n<b>name\udcff.py"
HOSTILE_SOURCE_LINE = f'    text = "</script></style>{MARKUP}\u202e\u2066"  # & < >'


def report_of(builder: RepositoryBuilder) -> Report:
    """The report on everything the head of a repository reaches."""
    return report_at(builder.path, builder.path.parent / "facts.sqlite")


def report_at(path: Path, store_path: Path) -> Report:
    """The same for any repository."""
    repository = open_repository(path)
    context = JudgingContext(repository, store_path, Settings())
    with open_store(context.store_path) as store:
        selection = Selection(resolve(repository, "HEAD"))
        history = read_history(context, store, selection, 1, _quiet)
        aftermath = follow_up(history, repository, store)
        clones = standing_clones(context, "HEAD", 1, lambda _done, _of: None)
        standing = standing_debt(context, store, history, 1, lambda _done, _of: None)
        found = scan_tree(context, "HEAD", 1, lambda _done, _of: None)
        material = Material(history, aftermath, clones, standing, found)
        return build_report(material, context, store, _quiet)


def _quiet(_what: str, _done: int, _total: int) -> None:
    """Says nothing."""


def nested(name: str, depth: int, first: str = "") -> str:
    """A function of nested ifs, each of a variable of its own."""
    heads = [f"{'    ' * level}if a > {level}:" for level in range(1, depth + 1)]
    ends = ["    " * (depth + 1) + f"return '{name}'", "    return None", "", ""]
    return "\n".join([f"def {name}(a):", *([first] if first else []), *heads, *ends])


@cache
def quiet_report() -> Report:
    """Eighty changes by four authors over a year, half AI-attributed, some with findings."""
    builder = RepositoryBuilder(Path(tempfile.mkdtemp()) / "quiet", clock=SUMMER_2025)
    builder.commit("Begin", {"pkg/__init__.py": ""}, author=AUTHORS[0])
    for number in range(80):
        by_ai = number % 2 == 0
        depth = 7 if number % (5 if by_ai else 9) == 0 else 1 + number % 3
        source = nested(f"step_{number}", depth)
        builder.commit(
            f"Add step {number}{TRAILER if by_ai else ''}",
            {f"pkg/part_{number % 12}/step_{number}.py": source},
            author=AUTHORS[number // 2 % 4],
            days_later=4,
        )
    return report_of(builder)


@cache
def hostile_report() -> Report:
    """A title, a path, an author and source that try to become markup, and a file without sense."""
    builder = RepositoryBuilder(Path(tempfile.mkdtemp()) / "hostile", clock=SUMMER_2025)
    mallory = "Mallory <b>Smith</b> Jones <mallory@people.example>"
    builder.commit("Begin", {"pkg/a.py": "A = 1\n"}, author=AUTHORS[0])
    builder.commit(
        f"{HOSTILE_TITLE}\n\nBody of {AUTHORS[1]}{TRAILER}",
        {HOSTILE_PATH: nested("odd", 9, HOSTILE_SOURCE_LINE), "pkg/broken.py": "def (:\n"},
        author=mallory,
    )
    builder.commit(
        "Thanks to Grace Hopper, @grace and grace@people.example",
        {"pkg/b.py": nested("plain", 8)},
        author=AUTHORS[1],
    )
    builder.commit(
        "Write it again",
        {"pkg/again\n<b>.py": nested("odd", 9, HOSTILE_SOURCE_LINE)},
        author=AUTHORS[2],
    )
    return _with_path_of_bytes(report_of(builder))


def _with_path_of_bytes(report: Report) -> Report:
    """The report as if the hostile path held a byte that is not UTF-8."""

    def moved(finding: Finding) -> Finding:
        if finding.place.path != HOSTILE_PATH:
            return finding
        return replace(finding, place=replace(finding.place, path=PATH_OF_BYTES))

    changes = tuple(
        replace(
            change,
            judgement=replace(
                change.judgement, findings=tuple(map(moved, change.judgement.findings))
            ),
        )
        for change in report.changes
    )
    own = {
        (change.commit.oid, after.fingerprint): replace(excerpt, path=after.place.path)
        for change, old in zip(changes, report.changes, strict=True)
        for before, after in zip(old.judgement.findings, change.judgement.findings, strict=True)
        if (excerpt := report.excerpts.own.get((change.commit.oid, before.fingerprint)))
    }
    return replace(report, changes=changes, excerpts=replace(report.excerpts, own=own))


@cache
def empty_report() -> Report:
    """One commit without code: nothing can be compared."""
    builder = RepositoryBuilder(Path(tempfile.mkdtemp()) / "empty")
    builder.commit("Begin", {"README": "hello\n"})
    return report_of(builder)


@cache
def copies_report() -> Report:
    """A function, and the change that says it again in another file."""
    lines = [f"    total += amount_{n} * rate_{n} - discount_{n}" for n in range(14)]
    source = "\n".join(["def sum_up(total):", *lines, "    return total", ""])
    builder = RepositoryBuilder(Path(tempfile.mkdtemp()) / "copies", clock=SUMMER_2025)
    builder.commit("Begin", {"pkg/__init__.py": ""}, author=AUTHORS[0])
    builder.commit("Add a sum", {"pkg/a.py": source}, author=AUTHORS[0])
    builder.commit("Add it again", {"pkg/b.py": source}, author=AUTHORS[1], days_later=30)
    return report_of(builder)


def many(report: Report, copies: int) -> Report:
    """The report with each change so many times, each time another commit."""
    changes = tuple(
        replace(change, commit=_renamed(change.commit, number))
        for number in range(copies)
        for change in report.changes
    )
    return replace(report, changes=changes)


def _renamed(commit: Commit, number: int) -> Commit:
    name = hashlib.sha1(f"{commit.oid}{number}".encode(), usedforsecurity=False).hexdigest()
    return replace(commit, oid=name)


@cache
def kinds_report() -> Report:
    """The quiet one with findings of all kinds, and hostile ones, in some of its changes."""
    report = quiet_report()
    more = {0: hostile_findings(), 4: EVERY_FINDING, 30: EVERY_FINDING}
    changes = tuple(
        _with_findings(change, more.get(place, ())) for place, change in enumerate(report.changes)
    )
    return replace(report, changes=changes)


def _with_findings(change: Change, more: Sequence[Finding]) -> Change:
    """The change with more findings, all dimensions measured."""
    findings = (*change.judgement.findings, *more)
    dimensions = tuple(
        DimensionScore(one, sum(f.points for f in findings if f.dimension is one))
        for one in Dimension
    )
    card = Scorecard(change.judgement.scorecard.added_code_lines, dimensions)
    return replace(change, judgement=replace(change.judgement, findings=findings, scorecard=card))
