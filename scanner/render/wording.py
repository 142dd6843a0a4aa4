"""The words that all formats share: numbers, places, evidence, verdicts. No markup, no layout."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from scanner.base import model
from scanner.gate.policy import keeps_from_judging
from scanner.render.paths import printable, sentence
from scanner.render.scores import debt, parts

LONGEST_REASON = 300
#: Why an experiment tells no effect.
TOO_FEW_BRANCHES = "fewer than eight branches came in that share a block with one of the other arm"
#: How many places of findings that are set aside for one reason are named.
SHOWN_PLACES = 3
#: How many further places of a finding are named.
SHOWN_OTHERS = 8

#: What each label and each arm is called, everywhere.
LABEL_WORDS = {
    model.Label.AI: "AI-attributed",
    model.Label.MIXED: "mixed",
    model.Label.ASSISTED: "assisted",
    model.Label.HUMAN: "attested human",
    model.Label.AUTOMATION: "automation",
    model.Label.UNMARKED: "unmarked",
}
ARM_WORDS = {
    model.Arm.AI: "AI-attributed",
    model.Arm.MIXED: "mixed or assisted",
    model.Arm.OTHER: "other",
}

#: What each dimension is called, and what it means, where it is met in another tool.
DIMENSION_TITLES = {
    model.Dimension.COMPLEXITY: "Added complexity",
    model.Dimension.DUPLICATION: "Duplicated code",
    model.Dimension.DEVIATION: "Deviation from how this codebase does it",
    model.Dimension.RULES: "Against a rule of Tallystick or the team",
}
DIMENSION_HELP = {
    model.Dimension.COMPLEXITY: (
        "The change makes a function, method, class or module harder to understand or to test "
        "than its limit allows. Only growth beyond the limit counts, never what was there before."
    ),
    model.Dimension.DUPLICATION: (
        "The change adds lines that say again what stands elsewhere in the codebase. Each copied "
        "code line is one point; moved code is no copy."
    ),
    model.Dimension.DEVIATION: (
        "The change does something in another way than this codebase does it again and again. "
        "The rarer the choice is where it is made, the more points, three at most."
    ),
    model.Dimension.RULES: (
        "The change brings code that a rule speaks against, or takes away or loosens something "
        "that guards the code. The rules are Tallystick's, unless a team has added its own."
    ),
}

_VERDICT_WORDS = {
    model.Outcome.PASS: "pass",
    model.Outcome.FAIL: "fail",
    model.Outcome.COULD_NOT_JUDGE: "could not judge",
}


class Detail(Struct, frozen=True):
    """One labelled fact under a finding."""

    label: str
    text: str
    is_code: bool = False

    @property
    def line(self) -> str:
        """`Label: text`."""
        return f"{self.label}: {self.text}"


def number(value: float) -> str:
    """At most two decimals, none where they are zero: `7`, `0.25`, `12.5`."""
    text = f"{value:.2f}"
    return text.rstrip("0").rstrip(".")


def counted(count: int, noun: str) -> str:
    """`1 finding`, `2 findings`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def points(value: float) -> str:
    """`1 point`, `2.5 points`."""
    text = number(value)
    return f"{text} point" if text == "1" else f"{text} points"


def where(place: model.Place) -> str:
    """`path:line`, which editors and terminals link."""
    return f"{printable(place.path)}:{place.span.first}"


def stretch(place: model.Place) -> str:
    """`path:first-last`, for a place whose extent matters."""
    first, last = place.span.first, place.span.last
    return where(place) if first == last else f"{where(place)}-{last}"


def details(evidence: model.Evidence) -> tuple[Detail, ...]:
    """What the reader needs beyond the finding's own sentence: the other place, the code."""
    match evidence:
        case model.Growth():
            return ()
        case model.CopyOf():
            return tuple(_copy_details(evidence))
        case model.Departure():
            return tuple(_departure_details(evidence))
        case model.RuleMatch():
            return tuple(_match_details(evidence))
        case model.Tampering():
            return tuple(_tampering_details(evidence))
        case model.LostGuard():
            return tuple(_lost_details(evidence))


def _copy_details(copy: model.CopyOf) -> Iterable[Detail]:
    label = "Other copy" if copy.is_new_in_change else "Original"
    age = "" if copy.age_days is None else f", {counted(copy.age_days, 'day')} old"
    unit = sentence(copy.original.unit)
    alike = f"{copy.type}, {copy.similarity:.0%} alike{age}"
    yield Detail(label, f"{stretch(copy.original)} in {unit} ({alike})")
    if copy.call:
        yield Detail("Saves", f"{counted(copy.saved_lines, 'line')}, by the call")
    if copy.difference:
        yield Detail("Differs", sentence(copy.difference))


def _departure_details(departure: model.Departure) -> Iterable[Detail]:
    if departure.examples:
        yield Detail("Examples", ", ".join(where(example) for example in departure.examples))


def _match_details(match: model.RuleMatch) -> Iterable[Detail]:
    if match.code.strip():
        yield Detail("Code", sentence(match.code), is_code=True)
    if match.references:
        yield Detail("See", " ".join(sentence(reference) for reference in match.references))


def _tampering_details(tampering: model.Tampering) -> Iterable[Detail]:
    if tampering.before is not None:
        yield Detail("Before", sentence(tampering.before), is_code=True)
    if tampering.after is None:
        yield Detail("After", "gone")
    else:
        yield Detail("After", sentence(tampering.after), is_code=True)
    if tampering.others:
        places = ", ".join(where(other) for other in tampering.others[:SHOWN_OTHERS])
        more = len(tampering.others) - SHOWN_OTHERS
        yield Detail("Also at", f"{places} and {more:,} more" if more > 0 else places)


def _lost_details(lost: model.LostGuard) -> Iterable[Detail]:
    yield Detail("Stood at", f"{where(lost.guard_at)}, before {where(lost.stood_at)}")


def verdict_word(outcome: model.Outcome) -> str:
    """`pass`, `fail` or `could not judge`."""
    return _VERDICT_WORDS[outcome]


def summary(review: model.Review) -> str:
    """Findings, points, the size of the change and the debt score in one clause."""
    judgement = review.judgement
    card = judgement.scorecard
    on = f"in {counted(card.added_code_lines, 'added code line')}"
    if judgement.findings:
        found = f"{counted(len(judgement.findings), 'finding')}, {points(card.points)}"
        score = debt(card)
        grade = "" if score is None else f" (debt {score:.1f}, grade {model.Grade.of(score)})"
        return f"{found} {on}{grade}"
    if review.verdict.outcome is model.Outcome.COULD_NOT_JUDGE:
        return "nothing found in what could be judged"
    return f"nothing found {on}"


def unmeasured_sentence(card: model.Scorecard) -> str | None:
    """The dimensions without a score, with their reasons; None if all were measured."""
    by_reason: dict[str, list[str]] = {}
    for part in parts(card):
        if part.unmeasured is not None:
            by_reason.setdefault(sentence(part.unmeasured, LONGEST_REASON), []).append(
                part.dimension
            )
    if not by_reason:
        return None
    groups = (f"{', '.join(names)} ({reason})" for reason, names in by_reason.items())
    return f"not measured: {'; '.join(groups)}"


def asides(review: model.Review) -> tuple[str, ...]:
    """What is no finding and still to be known: findings set aside, by their reason, and notes."""
    by_reason: dict[str, list[model.Finding]] = {}
    for aside in review.set_aside:
        by_reason.setdefault(aside.reason, []).append(aside.finding)
    lines = []
    for reason, findings in by_reason.items():
        places = ", ".join(where(finding.place) for finding in findings[:SHOWN_PLACES])
        more = f" and {len(findings) - SHOWN_PLACES:,} more" if len(findings) > SHOWN_PLACES else ""
        what = counted(len(findings), "finding")
        lines.append(f"{what} set aside ({sentence(reason, LONGEST_REASON)}): {places}{more}")
    left_out = left_out_words(review.judgement.left_out)
    notes = (sentence(note, LONGEST_REASON) for note in review.notes)
    return (*lines, *left_out, *notes)


def left_out_words(left_out: Sequence[model.LeftOut], not_done: str = "judged") -> Iterator[str]:
    """A sentence for each reason why files are not judged (or measured), with the first of them."""
    groups: dict[tuple[str, bool], list[model.LeftOut]] = {}
    for one in left_out:
        groups.setdefault((one.reason.value, one.is_own_word), []).append(one)
    for (reason, is_own_word), files in groups.items():
        shown = [
            f"{printable(one.path)} ({sentence(one.evidence, LONGEST_REASON)})"
            for one in files[:SHOWN_PLACES]
        ]
        more = f" and {len(files) - SHOWN_PLACES:,} more" if len(files) > SHOWN_PLACES else ""
        known = [one.added_lines for one in files if one.added_lines is not None]
        lines = f" with {counted(sum(known), 'added line')}" if known else ""
        word = "; only this change says so" if is_own_word else ""
        what = counted(len(files), "file")
        yield f"Not {not_done}: {what}{lines}, {reason}{word}: {', '.join(shown)}{more}"


def problem_place(problem: model.Problem) -> str:
    """The path of a problem, or what stands for the whole run."""
    return printable(problem.path) if problem.path is not None else "the whole run"


def problem_note(problem: model.Problem) -> str:
    """The stage, and whether the verdict suffers."""
    if keeps_from_judging(problem):
        return problem.stage.value
    return f"{problem.stage.value}, does not affect the verdict"


def is_quiet(review: model.Review) -> bool:
    """Whether there is nothing to show but the verdict."""
    judgement = review.judgement
    passes = review.verdict.outcome is model.Outcome.PASS and not review.verdict.reasons
    has_more = judgement.findings or judgement.problems or review.set_aside or review.notes
    return passes and not has_more and not judgement.left_out


def how_to_waive(review: model.Review) -> str | None:
    """How a finding is let pass, where findings stop the change."""
    if review.verdict.outcome is not model.Outcome.FAIL or not review.judgement.findings:
        return None
    return (
        "To let a finding pass, bring `# tallystick: ignore[RULE] until=YYYY-MM-DD REASON` to the "
        "base in a change of its own, or have a person approve this one (gate --approved)."
    )


def command_again(review: model.Review) -> str:
    """The command that judges the change once more."""
    if review.is_work_tree:
        return "tallystick check --worktree"
    if review.head is None:
        return "tallystick check"
    return f"tallystick gate --base {review.base or 'REV'}"
