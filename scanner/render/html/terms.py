"""What each statistic of the page is, in two sentences, and which section shows it."""

from __future__ import annotations

from enum import Enum


class Term(Enum):
    """A name, and the two sentences that say what it is, in the order of the page."""

    AI_ATTRIBUTED = (
        "AI-attributed",
        (
            "A change of which a mark says that an AI tool took part: an author, a trailer, an "
            "attestation. Unmarked does not mean human."
        ),
    )
    RAW_AND_ADJUSTED = (
        "Raw and adjusted",
        (
            "Raw compares all changes of both kinds. Adjusted compares only changes that are "
            "alike (same author, type, size and quarter, as far as there are counterparts), both "
            "weighted to the same mix of them."
        ),
    )
    INTERVAL = (
        "95% interval",
        (
            "Where the true difference lies, in 95 of 100 histories like this one. A wide "
            "interval is little evidence, not a large difference."
        ),
    )
    READING = (
        "Higher, lower, about as much, cannot tell",
        (
            "Higher or lower: the interval excludes no difference. About as much: it lies within "
            "25% of none; cannot tell: neither, and between what the truth lies is said."
        ),
    )
    PAIR_BY_PAIR = (
        "Pair by pair",
        (
            "The chance that the AI-attributed one of two comparable changes has the higher "
            "figure, ties halved. No giant change can tilt it, and 50% is no difference."
        ),
    )
    SMALLEST_DIFFERENCE_FOUND = (
        "Smallest difference found",
        (
            "The smallest difference that this much evidence would find four times in five. "
            "Beside it: how many further changes would settle the question."
        ),
    )
    P_AND_Q = (
        "p and q",
        (
            "p is how often so large a difference would come up if there were none. q is p with "
            "all the outcomes that are looked at taken into account."
        ),
    )
    COPIED_LINES = (
        "Copied lines",
        (
            "Added code lines that say again, statement by statement, what stood elsewhere "
            "already. Renamed variables count as the same; imports and declarations do not count."
        ),
    )
    DEVIATION = (
        "Deviation",
        (
            "How far a change deviates from the code that it met, in choices, names and shape: a "
            "percentile among the changes before it. It says unlike, not bad."
        ),
    )
    COGNITIVE_COMPLEXITY = (
        "Cognitive complexity",
        (
            "How hard a function is to follow: branches and loops, more the deeper they are "
            "nested. It is counted as SonarSource published it."
        ),
    )
    DEBT_THAT_STANDS = (
        "Debt that stands",
        (
            "What is beyond a limit of complexity in the tree at the end of a period. By who wrote "
            "the lines, a finding's points are divided by how many of its lines each wrote."
        ),
    )
    POINTS_AND_DEBT = (
        "Points and debt",
        (
            "A finding costs points, by a fixed table that is the same for everyone. Debt is the "
            "sum of points for a hundred added code lines."
        ),
    )
    SURVIVAL_CURVE = (
        "Survival curve",
        (
            "The share of added lines that are still there after so many days, with a band in "
            "which the true share lies. Lines that are still young count as far as they were "
            "seen."
        ),
    )
    REWORK_AND_SURVIVAL = (
        "Rework and survival",
        (
            "The share of added code lines that were changed or deleted within so many days, by "
            "Kaplan–Meier. Lines that are still young count as far as they were seen."
        ),
    )
    REPLACED_BY_A_FIX = (
        "Replaced by a fix, reverted",
        (
            "Whether a later change that says it fixes something replaced lines of this one, or "
            "took it back, within 90 days. The first is a proxy: it blames lines, not people."
        ),
    )
    REVIEW_AND_DELIVERY = (
        "Review and delivery",
        (
            "Days from the first authored commit to the first review, the merge and the first "
            "release. What has not happened yet counts as far as it was seen."
        ),
    )
    HOTSPOT = (
        "Hotspot",
        (
            "A file in which debt stands and which is changed often. The product of both says "
            "where the next change will be slow."
        ),
    )
    TOLD_AND_MENDED = (
        "Told and mended",
        (
            "What a hook told a coding agent in this clone, and whether a commit held it all the "
            "same. What would have been mended untold is not known."
        ),
    )
    EXPERIMENT = (
        "Experiment",
        (
            "Chance decided on which branches coding agents heard the gate. A difference is what "
            "hearing it does, or chance, of which the interval and p are made."
        ),
    )
    LINES_TO_SAVE = (
        "Lines to save",
        (
            "How many lines would go if all copies of a group became one function. It is counted "
            "from the copies that stand at the newest commit."
        ),
    )
    CONVENTION = (
        "Convention",
        (
            "A choice that this code base nearly always makes the same way, with how often out of "
            "how many. It is counted, not prescribed."
        ),
    )
    SCORE_BANDS = (
        "Score bands",
        (
            "The share of changes with so many points for a hundred added code lines. A change "
            "without a point is a band of its own."
        ),
    )
    HIDDEN_AI = (
        "Hidden AI",
        (
            "Changes that an AI tool wrote and that carry no mark. The page gives the share of "
            "them at which, at worst, what it says would no longer hold."
        ),
    )
    PLACEBO = (
        "Placebo",
        (
            "The same comparison on changes from before their authors used AI. There can be no "
            "effect, so a difference is one between people."
        ),
    )
    DO_THE_SCORES_PREDICT = (
        "Do the scores predict",
        (
            "Whether changes with a high score were reworked, fixed or reverted more often than "
            "those with a low one. Where they were not, a high score is no warning here."
        ),
    )
    EVIDENCE = (
        "Evidence",
        (
            "The mark that says who wrote a change: an attestation, an author, a trailer, a "
            "branch. The strongest one decides, and all are kept."
        ),
    )

    def __init__(self, title: str, words: str) -> None:
        self.title = title
        self.words = words


#: By the anchor of a section.
IN_SECTION: dict[str, tuple[Term, ...]] = {
    "comparison": (
        Term.AI_ATTRIBUTED,
        Term.RAW_AND_ADJUSTED,
        Term.INTERVAL,
        Term.READING,
        Term.PAIR_BY_PAIR,
        Term.SMALLEST_DIFFERENCE_FOUND,
        Term.P_AND_Q,
        Term.COPIED_LINES,
        Term.DEVIATION,
    ),
    "codebase": (
        Term.COGNITIVE_COMPLEXITY,
        Term.DEBT_THAT_STANDS,
    ),
    "time": (Term.POINTS_AND_DEBT,),
    "durability": (
        Term.SURVIVAL_CURVE,
        Term.REWORK_AND_SURVIVAL,
        Term.REPLACED_BY_A_FIX,
    ),
    "flow": (Term.REVIEW_AND_DELIVERY,),
    "hotspots": (Term.HOTSPOT,),
    "fix-first": (Term.POINTS_AND_DEBT,),
    "copies": (Term.LINES_TO_SAVE,),
    "conventions": (
        Term.CONVENTION,
        Term.DEVIATION,
    ),
    "dimensions": (
        Term.SCORE_BANDS,
        Term.POINTS_AND_DEBT,
    ),
    "robustness": (
        Term.HIDDEN_AI,
        Term.PLACEBO,
        Term.DO_THE_SCORES_PREDICT,
    ),
    "attribution": (
        Term.AI_ATTRIBUTED,
        Term.EVIDENCE,
    ),
    "told": (Term.TOLD_AND_MENDED,),
    "experiment": (Term.EXPERIMENT,),
}
