"""A judgement → what counts of it: guards added, waivers and the baseline applied, limits asked.

Whatever excuses or allows something is read from the tree that the change goes into (`rules`),
never from what the change brings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from posixpath import normpath

from scanner.base.errors import ExitCode, ScanError
from scanner.base.model import (
    Dimension,
    DimensionScore,
    FileChange,
    FileVersion,
    Finding,
    Judgement,
    Problem,
    SetAside,
    Severity,
    Verdict,
)
from scanner.codebase.reader import SourceReader
from scanner.codebase.rules import packs_of
from scanner.codebase.settings import settings_of_texts
from scanner.config import CONFIG_FILES, Settings, Thresholds
from scanner.gate.baseline import Baseline, Formerly, grown, read_baseline, set_known_aside
from scanner.gate.files_of_tree import FilesOfTree
from scanner.gate.inline_waivers import waivers_of
from scanner.gate.policy import breaks_the_rules, crossed_limits, decide, told_in_words, told_only
from scanner.gate.validity import Tree, refuse_broken_packs, refuse_unknown_rules, still_broken
from scanner.gate.waivers import (
    invalid_configured,
    set_aside,
)
from scanner.git.blobs import BlobReader
from scanner.git.process import Repository
from scanner.git.trees import diff_index, diff_pair, list_tree
from scanner.guards.agent_hooks import AGENT_PATHS
from scanner.guards.all_guards import tampered
from scanner.guards.check_steps import CHECK_PATHS, ChangedText
from scanner.guards.finding import Loss, in_file, tampering
from scanner.guards.loosening import differences, in_words, loosened
from scanner.guards.once import charged_once
from scanner.guards.rule_changes import PackChanges, pack_changes
from scanner.guards.self_exemption import claims_in_words, self_exempted
from scanner.guards.setting_files import TOOL_PATHS
from scanner.guards.stricter import PIN_PATHS
from scanner.judge import unit_pairs
from scanner.judge.growth import measured_units
from scanner.roles.foreign import ATTRIBUTES
from scanner.scoring.change import ChangedFile
from scanner.scoring.matching import UnitPair
from scanner.scoring.ordering import costliest_first
from scanner.scoring.touched import TouchedUnit


@dataclass(frozen=True, slots=True)
class Trees:
    """What is compared: `base` with `tip` (None: the index), by what `rules` allows."""

    base: str | None
    tip: str | None
    rules: str | None


@dataclass(frozen=True, slots=True)
class Terms:
    """By what a change is judged: settings, thresholds of its arm, known findings, the day.

    `known` None: those of the baseline file that the settings name.
    """

    settings: Settings
    thresholds: Thresholds
    today: date
    known: Baseline | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What counts of a judgement, the verdict on it, and what was left out of it.

    `touched` is empty where no threshold asks for it.
    """

    judgement: Judgement
    verdict: Verdict
    set_aside: tuple[SetAside, ...]
    notes: tuple[str, ...]
    touched: tuple[TouchedUnit, ...] = ()


def settle(
    repository: Repository,
    trees: Trees,
    files: Sequence[ChangedFile],
    judgement: Judgement,
    terms: Terms,
    sources: tuple[SourceReader, BlobReader],
) -> Settled:
    """Adds what the guards find, takes out what is waived, known or charged twice, and decides."""
    reader, blobs = sources
    pairs = unit_pairs(files)
    texts, unread = _changed_texts(repository, trees, terms.settings, blobs)
    judgement = replace(judgement, problems=(*judgement.problems, *unread))
    by_path = {text.path: text for text in texts}
    formerly = _formerly(files, pairs)
    own = _own_rules(repository, trees, terms, by_path, blobs, formerly)
    waivers = waivers_of(files, pairs, terms.settings, terms.today)
    points = terms.settings.guard_points
    checks = [text for text in texts if text.path not in own.paths or text.path in TOOL_PATHS]
    both = (
        FilesOfTree(repository, trees.base, blobs, is_empty=trees.base is None),
        FilesOfTree(repository, trees.tip, blobs),
    )
    marks = self_exempted(judgement, by_path.get(ATTRIBUTES), points.suppression)
    extra = (*tampered(files, pairs, checks, points, both), *own.findings, *waivers.invalid, *marks)
    # What breaks the rules themselves is nobody's to excuse: nothing could be judged any more.
    broken = tuple(finding for finding in extra if breaks_the_rules(finding))
    excusable = (f for f in (*judgement.findings, *extra) if not breaks_the_rules(f))
    counted, waived = set_aside(excusable, waivers.excuse)
    counted, known = set_known_aside((*broken, *counted), own.known, formerly)
    counted, doubled = charged_once(map(waivers.marked, counted))
    aside = (*waived, *known, *doubled)
    whole = _recounted(judgement, counted, extra, aside)
    touched = measured_units(files, pairs, reader) if _needs_facts(terms.thresholds) else ()
    further = tuple(crossed_limits(whole, touched, terms.thresholds))
    limits, told = terms.thresholds.as_tuple(), told_only(whole)
    verdict = decide(whole, limits, told, further)
    in_short = told_in_words(whole.scorecard, limits, told)
    notes = (*own.notes, *claims_in_words(judgement), *in_short)
    return Settled(whole, verdict, aside, notes, touched)


#: Points of guards count in the debt, but do not make a dimension measured whose rules did not run.
_GUARDS_ALONE = "only the guards ran, whose points count in the debt"


def _recounted(
    judgement: Judgement,
    counted: Iterable[Finding],
    extra: Iterable[Finding],
    aside: Iterable[SetAside],
) -> Judgement:
    """The judgement with the points that the guards added and less those that were let pass."""
    change = dict.fromkeys(Dimension, 0.0)
    for finding in extra:
        change[finding.dimension] += finding.points
    for left_out in aside:
        change[left_out.finding.dimension] -= left_out.finding.points
    card = judgement.scorecard
    parts = {part.dimension: part for part in card.dimensions}
    for dimension, points in change.items():
        part = parts.get(dimension, DimensionScore(dimension, unmeasured=_GUARDS_ALONE))
        if points:
            parts[dimension] = replace(part, points=max(0.0, part.points + points))
    return replace(
        judgement,
        findings=costliest_first(counted),
        scorecard=replace(card, dimensions=tuple(parts.values())),
    )


def _formerly(files: Iterable[ChangedFile], pairs: Iterable[UnitPair]) -> Formerly:
    """What the change renamed: files, and the units in them."""
    paths = {file.path: file.path_before for file in files}
    units = {
        (pair.after.path, pair.after.unit.name): (pair.before.path, pair.before.unit.name)
        for pair in pairs
        if pair.before and pair.after
    }
    return lambda path, unit: units.get((path, unit), (paths.get(path, path), unit))


def _needs_facts(thresholds: Thresholds) -> bool:
    return thresholds.no_decline or thresholds.facts != type(thresholds.facts)()


# --------------------------------------------------------------------------- files but Python


def _changed_texts(
    repository: Repository, trees: Trees, settings: Settings, blobs: BlobReader
) -> tuple[list[ChangedText], list[Problem]]:
    """The changed files that say how the code is checked, and those that cannot be read."""
    own = (*CONFIG_FILES, ATTRIBUTES, f":(literal){settings.baseline}")
    paths = (*CHECK_PATHS, *TOOL_PATHS, *AGENT_PATHS, *PIN_PATHS, *own)
    texts = []
    problems = []
    for file in _changed(repository, trees, paths):
        before, after = _read(file.before, blobs), _read(file.after, blobs)
        for side, is_before in ((before, True), (after, False)):
            if isinstance(side, Problem):
                problems.append(replace(side, path=file.path, is_before=is_before))
        if not (isinstance(before, Problem) or isinstance(after, Problem)):
            texts.append(ChangedText(file.path, before, after))
    return texts, problems


def _changed(repository: Repository, trees: Trees, paths: Sequence[str]) -> Sequence[FileChange]:
    """The files at these pathspecs that differ between the trees."""
    if trees.tip is None:
        return diff_index(repository, trees.base, paths).files
    return diff_pair(repository, trees.base, trees.tip, paths).files


def _read(version: FileVersion | None, blobs: BlobReader) -> str | Problem | None:
    if version is None or not version.mode.is_text_file:
        return None
    source = blobs.read(version.blob)
    return source if isinstance(source, Problem) else source.decode("utf-8-sig", "replace")


def _texts_at(
    repository: Repository, tree: str | None, paths: Sequence[str], blobs: BlobReader
) -> dict[str, str]:
    versions = list_tree(repository, tree, paths) if tree else ()
    texts = {version.path: _read(version, blobs) for version in versions}
    for path, text in texts.items():
        if isinstance(text, Problem):
            raise ScanError(
                f"{path} cannot be read: {text.reason}.", exit_code=ExitCode.COULD_NOT_JUDGE
            )
    return {path: text for path, text in texts.items() if isinstance(text, str)}


# --------------------------------------------------------------------------- our own rules


@dataclass(frozen=True, slots=True)
class _OwnRules:
    """What the change does to Tallystick's own rules; `known` is the baseline that is in force."""

    known: Baseline
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    paths: frozenset[str]


def _own_rules(
    repository: Repository,
    trees: Trees,
    terms: Terms,
    changed: Mapping[str, ChangedText],
    blobs: BlobReader,
    formerly: Formerly,
) -> _OwnRules:
    findings: list[Finding] = []
    notes: list[str] = []
    if changed.keys() & set(CONFIG_FILES):
        before = _texts_at(repository, trees.base, CONFIG_FILES, blobs)
        points = terms.settings.guard_points.loosened
        tree = Tree(repository, trees.tip, blobs)
        found, said = _settings_changes(before, changed, points, tree)
        findings += found
        notes += said
    known = terms.known
    path = terms.settings.baseline
    if known is None:
        text = _texts_at(repository, trees.rules, (f":(literal){path}",), blobs).get(path)
        known = _known(text, path, changed)
    if path in changed:
        found, said = _baseline_changes(
            changed[path], terms.settings.guard_points.loosened, formerly
        )
        findings += found
        notes += said
    packs = _pack_changes(repository, trees, terms, blobs)
    findings += packs.findings
    notes += packs.notes
    findings += _invalid_waivers(repository, trees, terms, blobs)
    return _OwnRules(known, tuple(findings), tuple(notes), frozenset({path, *CONFIG_FILES}))


def _invalid_waivers(
    repository: Repository, trees: Trees, terms: Terms, blobs: BlobReader
) -> list[Finding]:
    """Waivers of the configuration that excuse nothing cost who meets them no points."""
    if not terms.settings.waivers:
        return []
    texts = _texts_at(repository, trees.rules, CONFIG_FILES, blobs)
    name = next((name for name in CONFIG_FILES if name in texts), CONFIG_FILES[0])
    return list(invalid_configured(terms.settings.waivers, terms.today, name, 0.0))


def _pack_changes(
    repository: Repository, trees: Trees, terms: Terms, blobs: BlobReader
) -> PackChanges:
    """What the change does to the packs of rules that the settings name."""
    places = [f":(literal){normpath(place)}" for place in terms.settings.rules]
    if not places:
        return PackChanges()
    files = _changed(repository, trees, places)
    before = tuple(packs_of((file.before for file in files if file.before), blobs))
    try:
        after = tuple(packs_of((file.after for file in files if file.after), blobs))
        refuse_broken_packs(after)
        if any(file.after is None for file in files):
            Tree(repository, trees.tip, blobs).packs(_places_after(repository, trees, blobs))
    except ScanError as error:
        loss = Loss("rules-broken", error.message, error.hint or "Fix it.", None, None)
        place, points = in_file(files[0].path), terms.settings.guard_points.loosened
        return PackChanges((tampering(loss, place, points, Severity.ERROR),))
    if not (before or after):
        return PackChanges()
    return pack_changes(before, after, terms.settings.guard_points.loosened)


def _places_after(repository: Repository, trees: Trees, blobs: BlobReader) -> tuple[str, ...]:
    """The places of packs that the change leaves in the settings; none where they are broken."""
    try:
        return Tree(repository, trees.tip, blobs).settings().rules
    except ScanError:  # said of the configuration
        return ()


def _settings_changes(
    before: Mapping[str, str], changed: Mapping[str, ChangedText], points: float, tree: Tree
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    after = dict(before)
    for name in CONFIG_FILES:
        if name in changed:
            after.pop(name, None)
            text = changed[name].after
            if text is not None:
                after[name] = text
    old, was = _valid(before)
    try:
        new = settings_of_texts(after)
        refuse_unknown_rules(old[1] if old else Settings(), new[1] if new else Settings(), tree)
        if new is not None and (old is None or new[1].rules != old[1].rules):
            refuse_broken_packs(tree.packs(new[1].rules))
    except ScanError as error:
        if was is not None and was.message == error.message:
            return (), ()
        named = (name for name in CONFIG_FILES if error.message.startswith(name))
        place = in_file(next(named, next(name for name in CONFIG_FILES if name in changed)))
        loss = Loss("configuration-broken", error.message, error.hint or "Fix it.", "valid", None)
        return (tampering(loss, place, points, Severity.ERROR),), ()
    if was is not None:
        return (), ("The change fixes the configuration, which applies from the next change on.",)
    if old is None and new is not None:
        return (), (
            f"The change brings a configuration, {new[0]}; it applies from the next change on.",
        )
    name = new[0] if new else CONFIG_FILES[0]
    found = differences(old[1] if old else Settings(), new[1] if new else Settings())
    return loosened(found, name, after.get(name, ""), points), in_words(found)


def _valid(texts: Mapping[str, str]) -> tuple[tuple[str, Settings] | None, ScanError | None]:
    try:
        return settings_of_texts(texts), None
    except ScanError as error:
        return None, error


def _known(text: str | None, path: str, changed: Mapping[str, ChangedText]) -> Baseline:
    """The findings that the base knows; none where its baseline is broken and the change mends it.

    Raises:
        ScanError: it is broken and stays so.
    """
    try:
        return read_baseline(text, path) if text is not None else {}
    except ScanError as error:
        if path not in changed:
            raise still_broken(error) from error
        return {}


def _baseline_changes(
    changed: ChangedText, points: float, formerly: Formerly
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    try:
        after = read_baseline(changed.after or "", changed.path)
    except ScanError as error:
        loss = Loss("baseline-broken", error.message, error.hint or "Fix it.", "valid", None)
        return (tampering(loss, in_file(changed.path), points, Severity.ERROR),), ()
    if changed.before is None:
        return (), (
            f"The change brings a baseline, {changed.path}; it applies from the next change on.",
        )
    try:
        before = read_baseline(changed.before, changed.path)
    except ScanError as error:
        return (), (f"The change fixes the baseline: {error.message}",)
    more = grown(before, after, formerly)
    if not more:
        return (), ()
    entry = more[0]
    what = "1 finding" if len(more) == 1 else f"{len(more)} findings"
    message = f"The baseline lets more pass than before ({what}); that counts all the same."
    hint = "Fix them, or let the baseline grow in a change of its own."
    shown = f"{entry.rule} in {entry.path} ({entry.unit})"
    loss = Loss(
        "baseline-grown",
        message,
        hint,
        "1 entry" if len(before) == 1 else f"{len(before)} entries",
        f"now with {shown}",
    )
    return (tampering(loss, in_file(changed.path), points),), ()
