"""Files that a change itself calls generated or vendored, which the code it goes into does not."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.base.model import Finding, Judgement
from scanner.guards.check_steps import ChangedText
from scanner.guards.finding import Loss, in_file, tampering
from scanner.roles.foreign import ATTRIBUTES, foreign_by_path, top_rules

_HINT = (
    "If a program writes it, say so in `.gitattributes` (linguist-generated) in a change of its "
    "own; if not, remove the mark."
)


def self_exempted(
    judgement: Judgement, attributes: ChangedText | None, points: float
) -> Iterator[Finding]:
    """A finding for each file with findings that the change would have left out from now on."""
    found = {finding.place.path for finding in judgement.findings}
    for claim in judgement.claims:
        if claim.path in found:
            message = (
                f"The change says that {claim.path} is {claim.reason.value} ({claim.evidence}), "
                "which nothing said before. It is judged all the same."
            )
            loss = Loss("generated-mark", message, _HINT, "not marked", claim.evidence)
            yield tampering(loss, in_file(claim.path), points)
    if attributes is None:
        return
    before, after = (top_rules(text or "") for text in (attributes.before, attributes.after))
    for path in sorted(found):
        says = foreign_by_path(path, after)
        if says is not None and foreign_by_path(path, before) is None:
            message = (
                f"The change has {ATTRIBUTES} say that {path} is {says.value}. "
                "It is judged all the same."
            )
            loss = Loss("generated-mark", message, _HINT, "not marked", f"{path}: {says.value}")
            yield tampering(loss, in_file(ATTRIBUTES), points)


def claims_in_words(judgement: Judgement) -> tuple[str, ...]:
    """A sentence for each file without findings that is judged though the change says otherwise."""
    found = {finding.place.path for finding in judgement.findings}
    return tuple(
        f"{claim.path} says of itself that it is {claim.reason.value} ({claim.evidence}); "
        "the code it goes into does not, so it is judged."
        for claim in judgement.claims
        if claim.path not in found
    )
