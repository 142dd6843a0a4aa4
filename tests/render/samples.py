"""Reviews that hold one of everything a renderer may meet, and some that hold only hostile text."""

from __future__ import annotations

from dataclasses import replace

from scanner.base.model import (
    Attribution,
    Claim,
    CopyOf,
    Departure,
    DeviationPart,
    DeviationScore,
    Dimension,
    DimensionScore,
    Evidence,
    FileChange,
    FileMode,
    FileStatus,
    FileVersion,
    Finding,
    Growth,
    Hunk,
    Judgement,
    Label,
    Level,
    LineChange,
    LineOperations,
    Outcome,
    PartScore,
    Place,
    Problem,
    ProposedFix,
    Reason,
    Review,
    RuleMatch,
    Scorecard,
    Severity,
    Span,
    Stage,
    Tampering,
    Threshold,
    UnusualFunction,
    Verdict,
)
from scanner.gate.policy import decide, told_only

BASE = "1" * 40
HEAD = "2" * 40
THRESHOLDS = (Threshold(None, 20.0), Threshold(Dimension.DUPLICATION, 25.0))


def place(path: str = "app/api.py", first: int = 42, last: int = 80, unit: str = "load") -> Place:
    return Place(path, Span(first, last), unit)


def finding(
    evidence: Evidence | None = None,
    *,
    dimension: Dimension = Dimension.COMPLEXITY,
    rule: str = "complexity.cognitive",
    where: Place | None = None,
    points: float = 7.0,
    severity: Severity = Severity.WARNING,
    message: str = "load has a cognitive complexity of 22 (was 12, limit 15).",
    hint: str = "Return early, or give the innermost branch a function with a name of its own.",
    discriminator: str = "",
    fix: ProposedFix | None = None,
) -> Finding:
    return Finding(
        dimension=dimension,
        rule=rule,
        place=where or place(),
        points=points,
        severity=severity,
        message=message,
        hint=hint,
        evidence=evidence or Growth("cognitive", 12, 22, 15),
        discriminator=discriminator,
        fix=fix,
    )


GROWTH = finding()
GROWTH_OF_NEW_UNIT = finding(
    Growth("parameters", None, 9, 6),
    rule="complexity.parameters",
    where=place("app/api.py", 90, 99, "Loader.__init__"),
    points=3.0,
    message="Loader.__init__ has 9 parameters (new, limit 6).",
    hint="Group the parameters that travel together into one object.",
)
COPY = finding(
    CopyOf(
        type="renamed",
        original=place("app/store.py", 10, 31, "save"),
        similarity=0.934,
        copied_lines=21,
        saved_lines=19,
        is_new_in_change=False,
        call="app.store.save",
        difference="the original also writes the index",
        age_days=412,
    ),
    dimension=Dimension.DUPLICATION,
    rule="duplication.renamed",
    where=place("app/export.py", 5, 26, "export"),
    points=21.0,
    message="export repeats 21 code lines of save, with other names.",
    hint="Call app.store.save instead.",
)
COPY_WITHIN_CHANGE = finding(
    CopyOf(
        type="exact",
        original=place("app/export.py", 60, 66, "write_json"),
        similarity=1.0,
        copied_lines=7,
        saved_lines=0,
        is_new_in_change=True,
    ),
    dimension=Dimension.DUPLICATION,
    rule="duplication.exact",
    where=place("app/export.py", 40, 46, "write_csv"),
    points=7.0,
    message="The change brings the same 7 code lines twice.",
    hint="Keep one of them and call it.",
)
DEPARTURE = finding(
    Departure(
        family="logging",
        convention="logs with logging.getLogger(__name__)",
        choice="prints",
        scope="app/",
        support=41,
        total=43,
        examples=(place("app/a.py", 12, 12, "<module>"), place("app/b.py", 40, 40, "run")),
        usual="early",
        lines=(12,),
    ),
    dimension=Dimension.DEVIATION,
    rule="deviation.logging",
    where=place("app/export.py", 12, 12, "export"),
    points=2.5,
    severity=Severity.INFO,
    message="41 of 43 choices under app/ log with logging.getLogger(__name__); this prints.",
    hint="Take a logger at the top of the module and log with it.",
    fix=ProposedFix((LineChange(12, 12, "\treturn '```'\n"),)),
)
RULE_MATCH = finding(
    RuleMatch("security", "subprocess.run(command, shell=True)", ("https://cwe.mitre.org/78",)),
    dimension=Dimension.RULES,
    rule="security.subprocess-shell",
    where=place("app/run.py", 7, 7, "run"),
    points=10.0,
    severity=Severity.ERROR,
    message="A shell reads a command that is put together from values.",
    hint="Give subprocess.run a list of arguments, without shell=True.",
    fix=ProposedFix(
        (LineChange(7, 8, "    subprocess.run(command)\n"), LineChange(1, 0, "import x\n")),
        "no shell reads the command from now on",
    ),
)
TAMPERING = finding(
    Tampering("test", "assert total(lines) == 3", None),
    dimension=Dimension.RULES,
    rule="guard.assertion-removed",
    where=place("tests/test_total.py", 3, 3, "test_total"),
    points=3.0,
    message="test_total loses its only assertion while the code that it covered stays.",
    hint="Put the assertion back, or delete the test together with the code.",
)
LOOSENED = finding(
    Tampering("thresholds.debt", "20.0", "80.0"),
    dimension=Dimension.RULES,
    rule="guard.threshold-raised",
    where=place("pyproject.toml", 30, 30, "<file>"),
    points=0.0,
    severity=Severity.INFO,
    message="The change raises the threshold of the debt score.",
    hint="Raise it in a change of its own.",
)
EVERY_FINDING = (
    LOOSENED,
    GROWTH,
    GROWTH_OF_NEW_UNIT,
    COPY,
    COPY_WITHIN_CHANGE,
    DEPARTURE,
    RULE_MATCH,
    TAMPERING,
)

UNREADABLE = Problem(Stage.PARSE, "app/broken.py", "line 3: invalid syntax", HEAD)
BROKEN_BEFORE = Problem(Stage.PARSE, "app/mended.py", "line 9: '(' was never closed", BASE, True)
SEMGREP_FAILED = Problem(Stage.RULES, None, "semgrep ended with exit code 2")
COLD_CACHE = Problem(Stage.STORE, None, "the cache could not be written: disk full")
EVERY_PROBLEM = (UNREADABLE, BROKEN_BEFORE, SEMGREP_FAILED, COLD_CACHE)

ATTRIBUTION = Attribution(
    label=Label.AI,
    level=Level.DECLARED_AUTHORSHIP,
    agents=("claude",),
    decided_by=(
        Claim(
            Level.DECLARED_AUTHORSHIP,
            "claude-co-author",
            "commit message",
            "Co-authored-by: Claude <noreply@anthropic.com>",
            Label.AI,
            agent="claude",
        ),
    ),
    outweighed=(
        Claim(
            Level.NEAR_MISS,
            "name-only",
            "commit message",
            "Claude Monet",
            Label.UNMARKED,
            note="a name alone is no mark",
        ),
    ),
    ai_share=0.75,
)

FILES = (
    FileChange(
        FileStatus.RENAMED,
        FileVersion("app/old.py", FileMode.REGULAR, "3" * 40),
        FileVersion("app/export.py", FileMode.REGULAR, "4" * 40),
        (Hunk(0, 2, 0, 40),),
    ),
    FileChange(
        FileStatus.ADDED,
        None,
        FileVersion("app/logo.py", FileMode.REGULAR, "5" * 40),
        is_binary=True,
    ),
)


_PARTS = tuple(PartScore(part, 61.5) for part in DeviationPart)
DEVIATION = DeviationScore(
    97.0,
    None,
    _PARTS,
    500,
    (
        UnusualFunction(
            Place("app/wax.py", Span(2, 6), "melt"),
            98.4,
            _PARTS,
            (
                Reason(
                    DeviationPart.STRUCTURE,
                    "It calls `burn`, as none of 1,412 units here does.",
                    line=3,
                ),
                Reason(
                    DeviationPart.CHOICES,
                    "In `app/` 112 of 112 reports are made through a logger; here: printed.",
                    (Place("app/m1.py", Span(4, 4), "load"),),
                ),
            ),
            Place("app/m0.py", Span(6, 9), "load"),
        ),
    ),
)
NOTHING_SCORED = DeviationScore(unmeasured="it adds no code to functions, or too little to tell")


def scorecard(
    findings: tuple[Finding, ...] = (),
    *,
    added: int = 120,
    repaid: float = 0.0,
    unmeasured: dict[Dimension, str] | None = None,
) -> Scorecard:
    reasons = unmeasured or {}
    return Scorecard(
        added,
        tuple(
            DimensionScore(dimension, unmeasured=reasons[dimension])
            if dimension in reasons
            else DimensionScore(
                dimension,
                sum(item.points for item in findings if item.dimension is dimension),
                repaid if dimension is Dimension.COMPLEXITY else 0.0,
                percentile=DEVIATION.score if dimension is Dimension.DEVIATION else None,
            )
            for dimension in Dimension
        ),
    )


def review(
    findings: tuple[Finding, ...] = (),
    problems: tuple[Problem, ...] = (),
    *,
    verdict: Verdict | None = None,
    base: str | None = BASE,
    head: str | None = HEAD,
    card: Scorecard | None = None,
    attribution: Attribution | None = None,
    files: tuple[FileChange, ...] = (),
) -> Review:
    return Review(
        base=base,
        head=head,
        judgement=Judgement(
            card or scorecard(findings),
            findings,
            LineOperations(100, 20, 10, 6, 21, 0) if findings else LineOperations(120),
            problems,
            cognitive_delta=12,
            cyclomatic_delta=9,
            deviation=DEVIATION if findings else NOTHING_SCORED,
        ),
        verdict=verdict or Verdict(Outcome.PASS),
        thresholds=THRESHOLDS,
        attribution=attribution,
        files=files,
    )


def judged(unjudged: Review) -> Review:
    """The review with the verdict that the policy gives it."""
    told = told_only(unjudged.judgement)
    return replace(unjudged, verdict=decide(unjudged.judgement, unjudged.thresholds, told))


CLEAN = review()
CLEAN_STAGED = review(head=None, card=scorecard(added=0, repaid=4.0))
CLEAN_ON_UNBORN_BRANCH = review(
    base=None, head=None, card=scorecard(unmeasured={Dimension.DUPLICATION: "no codebase yet"})
)
PASSING = review((GROWTH, DEPARTURE))
FULL = judged(
    review(
        EVERY_FINDING,
        EVERY_PROBLEM,
        card=scorecard(EVERY_FINDING, repaid=6.25),
        attribution=ATTRIBUTION,
        files=FILES,
    )
)
PARTLY_MEASURED = judged(
    review(
        (GROWTH, TAMPERING),
        (COLD_CACHE,),
        card=scorecard(
            (GROWTH, TAMPERING),
            unmeasured={Dimension.DEVIATION: "fewer than 10 choices were counted in 3 files"},
        ),
    )
)
COULD_NOT_JUDGE = judged(
    review(
        problems=(UNREADABLE, SEMGREP_FAILED),
        card=scorecard(unmeasured=dict.fromkeys(Dimension, "the only changed file is unreadable")),
    )
)

#: Text that tries to break out of every format at once.
HOSTILE_TEXTS = (
    "\x1b[31mred\x1b[0m \x07 \x9b2J \x00",
    "a\u202eb\u2066c\u200bd\ufeff",
    "::error file=x::pwned",
    "line\n::stop-commands::token\n##[error]x ##vso[task.complete]",
    "| a | b |\n|---|---|\n",
    "</td></table><script>alert(1)</script><img src=x onerror=alert(1)>",
    "![x](http://tracker.example/p.png) [y](javascript:alert(1)) @octocat #1 `` ` ```",
    "]]> <!-- --> &lt;b&gt; ]]>",
    "\\| \\\\| \\` trailing\\",
    "caf\udce9 \ud800 emoji \U0001f600",
    "%0A%0D,:%25",
    "$x$ ~~s~~ __init__ *b* _i_ 1. - + # > http://e.example",
)
HOSTILE_PATHS = (
    "a b/[x](y)|z`.py",
    "new\nline/\t<b>&.py",
    "caf\udce9/\xff\udc80.py",
    "::error/##[x]/%41:c,d.py",
    "-rf \"'.py",
    "\u202eevil/\u00e9\u4e2d\U0001f600.py",
)


def hostile_findings() -> tuple[Finding, ...]:
    """Every hostile text at every place of a finding that takes text, on hostile paths."""
    return tuple(
        _with_fix(
            finding(
                evidence,
                dimension=dimension,
                rule=f"complexity.{text}",
                where=place(path, number + 1, number + 1, text),
                points=1.0 + number,
                severity=severity,
                message=text,
                hint=text,
                discriminator=str(number),
            )
        )
        for number, (text, path, severity, (dimension, evidence)) in enumerate(
            zip(
                HOSTILE_TEXTS,
                HOSTILE_PATHS * 2,
                tuple(Severity) * 4,
                [pair for text in HOSTILE_TEXTS[:3] for pair in _hostile_evidence(text)],
                strict=True,
            )
        )
    )


def _with_fix(finding: Finding) -> Finding:
    text = "".join(f"{line}\n" for line in (*HOSTILE_TEXTS, "````"))
    return replace(finding, fix=ProposedFix((LineChange(1, 1, text),), HOSTILE_TEXTS[0]))


def _hostile_evidence(text: str) -> tuple[tuple[Dimension, Evidence], ...]:
    there = place(HOSTILE_PATHS[0], 1, 2, text)
    return (
        (Dimension.DUPLICATION, CopyOf("gapped", there, 0.7, 9, 8, False, text, text)),
        (Dimension.DEVIATION, Departure(text, text, text, text, 10, 11, (there, there))),
        (Dimension.RULES, RuleMatch(text, text, (text,))),
        (Dimension.RULES, Tampering(text, text, text)),
    )


HOSTILE = review(
    hostile_findings(),
    tuple(
        Problem(Stage.READ, path, text)
        for path, text in zip(HOSTILE_PATHS, HOSTILE_TEXTS[:6], strict=True)
    ),
    verdict=Verdict(Outcome.FAIL, HOSTILE_TEXTS),
    card=scorecard(
        hostile_findings(), unmeasured={Dimension.DEVIATION: HOSTILE_TEXTS[3] + HOSTILE_TEXTS[4]}
    ),
    attribution=Attribution(
        Label.AI,
        Level.FORGE,
        ("claude",),
        (Claim(Level.FORGE, "x", "y", HOSTILE_TEXTS[9], Label.AI),),
    ),
)


def enormous(findings: int = 3000, message_length: int = 5000) -> Review:
    """More and longer findings than any format has room for."""
    many = tuple(
        finding(
            where=place(f"package/module_{number}.py", number + 1, number + 9, f"unit_{number}"),
            points=float(number % 50),
            severity=tuple(Severity)[number % 3],
            message=f"{number} " + "long | words ` " * (message_length // 14),
        )
        for number in range(findings)
    )
    return review(many, verdict=Verdict(Outcome.FAIL, ("The debt score is 100.",)))


EVERY_REVIEW = {
    "clean": CLEAN,
    "clean-staged": CLEAN_STAGED,
    "clean-unborn": CLEAN_ON_UNBORN_BRANCH,
    "passing": PASSING,
    "full": FULL,
    "partly-measured": PARTLY_MEASURED,
    "could-not-judge": COULD_NOT_JUDGE,
    "hostile": HOSTILE,
}
