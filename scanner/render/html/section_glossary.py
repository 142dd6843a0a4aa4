"""What each statistic of the page is, in two sentences."""

from __future__ import annotations

from scanner.render.html.section import ReportContext, Section

TERMS: tuple[tuple[str, str], ...] = (
    (
        "AI-attributed",
        (
            "A change of which a mark says that an AI tool took part: an author, a trailer, "
            "an attestation. Unmarked does not mean human."
        ),
    ),
    (
        "Points and debt",
        (
            "A finding costs points, by a fixed table that is the same for everyone. Debt is "
            "the sum of points for a hundred added code lines."
        ),
    ),
    (
        "Raw and adjusted",
        (
            "Raw compares all changes of both kinds. Adjusted compares only changes that are "
            "alike: same author, type, size and quarter, as far as there are counterparts."
        ),
    ),
    (
        "95% interval",
        (
            "Where the true difference lies, in 95 of 100 histories like this one. A wide "
            "interval is little evidence, not a large difference."
        ),
    ),
    (
        "Higher, lower, about as much, cannot tell",
        (
            "Higher or lower: the interval excludes no difference. About as much: it lies "
            "within 25% of none; cannot tell: neither, and it says between what the truth "
            "lies."
        ),
    ),
    (
        "Pair by pair",
        (
            "The chance that the AI-attributed one of two comparable changes has the higher "
            "figure, ties halved. No giant change can tilt it, and 50% is no difference."
        ),
    ),
    (
        "Smallest difference found",
        (
            "The smallest difference that this much evidence would find four times in five. "
            "Beside it: how many further changes would settle the question."
        ),
    ),
    (
        "Rework and survival",
        (
            "The share of added code lines that were changed or deleted within so many days, "
            "by Kaplan–Meier. Lines that are still young count as far as they were seen."
        ),
    ),
    (
        "Replaced by a fix, reverted",
        (
            "Whether a later change that says it fixes something replaced lines of this one, "
            "or took it back, within 90 days. The first is a proxy: it blames lines, not "
            "people."
        ),
    ),
    (
        "Hidden AI",
        (
            "Changes that an AI tool wrote and that carry no mark. The page gives the share "
            "of them at which, at worst, what it says would no longer hold."
        ),
    ),
    (
        "p and q",
        (
            "p is how often so large a difference would come up if there were none. q is p "
            "with all the outcomes that are looked at taken into account."
        ),
    ),
    (
        "Hotspot",
        (
            "A file in which debt stands and which is changed often. The product of both says "
            "where the next change will be slow."
        ),
    ),
    (
        "Cognitive complexity",
        (
            "How hard a function is to follow: branches and loops, more the deeper they are "
            "nested. It is counted as SonarSource published it."
        ),
    ),
    (
        "Placebo",
        (
            "The same comparison on changes from before their authors used AI. There can be "
            "no effect, so a difference is one between people."
        ),
    ),
)


def build(_: ReportContext) -> Section:
    """The terms in the order in which the page uses them."""
    return Section("glossary", "Glossary", "glossary.html.j2", TERMS)
