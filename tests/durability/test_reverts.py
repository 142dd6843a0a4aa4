from __future__ import annotations

import pytest

from scanner.durability.reverts import (
    Message,
    Patch,
    RevertEvidence,
    find_reverts,
    is_revert_title,
    reverted_after,
)

A, B, C, D = (letter * 40 for letter in "abcd")


def message(oid: str, *texts: str) -> Message:
    return Message((oid,), texts)


def found(*messages: Message) -> list[tuple[int, int, RevertEvidence, bool]]:
    return [(r.reverting, r.reverted, r.evidence, r.stands) for r in find_reverts(messages)]


FEATURE = message(A, "Add a thing (#7)")

LEAVE_ALONE = [
    "Revert to the old default",
    "Do not revert the transaction",
    "Fix reverts of commit ranges",
    f'Revert "Another thing"\n\nThis reverts commit {D}.',
    "Reverts #8",
    f"This reverts commit {A[:6]}",
    "Undo the last step of the wizard",
    "Reland a rover",
    "[reland] a rover",
    "[revert dialog] Add a thing",
    "Undo the revert of a rover",
    "Roll back transactions that fail",
    'Say "Add a thing" in the revert dialog',
]


@pytest.mark.parametrize("text", LEAVE_ALONE)
def test_no_revert_of_a_known_change(text: str) -> None:
    assert found(FEATURE, message(B, text)) == []


REVERTS = [
    (f'Revert "Add a thing (#7)" (#9)\n\nThis reverts commit {A}.', RevertEvidence.COMMIT_ID),
    (f"Back out\n\nThis reverts commit {A[:12]}.", RevertEvidence.COMMIT_ID),
    (f"x\n\nThis reverts commit {A}, reversing\nchanges made to {D}.", RevertEvidence.COMMIT_ID),
    ('Revert "Add a thing (#7)" (#9)', RevertEvidence.TITLE),
    ('Revert "Add a thing"', RevertEvidence.TITLE),
    ("revert: Add a thing", RevertEvidence.TITLE),
    ('fix: revert "Add a thing"', RevertEvidence.TITLE),
    ("Undo it\n\nReverts owner/repo#7", RevertEvidence.PULL_REQUEST),
    ("Undo it\n\nReverts !7", RevertEvidence.PULL_REQUEST),
    ("Revert #7", RevertEvidence.PULL_REQUEST),
    ("Revert PR #7: it is slow", RevertEvidence.PULL_REQUEST),
    ("Back out pull request #7", RevertEvidence.PULL_REQUEST),
    (f"Revert {A[:9]}", RevertEvidence.COMMIT_ID),
    (f"Backed out changeset {A[:12]} for failures", RevertEvidence.COMMIT_ID),
    (f"Undo commit {A[:8]}", RevertEvidence.COMMIT_ID),
    ('Back out "Add a thing"', RevertEvidence.TITLE),
    ("Undo Add a thing (#7)", RevertEvidence.TITLE),
    ("[revert] Add a thing (#7)", RevertEvidence.TITLE),
    ('Rollback: "Add a thing"', RevertEvidence.TITLE),
    ('Many things (#9)\n\n* Fix\n\n* Revert "Add a thing"\n', RevertEvidence.TITLE),
]


@pytest.mark.parametrize(("text", "evidence"), REVERTS)
def test_reverts_by_message(text: str, evidence: RevertEvidence) -> None:
    assert found(FEATURE, message(B, text)) == [(1, 0, evidence, True)]


def test_a_change_cannot_revert_what_comes_later_or_itself() -> None:
    later = message(A, f"This reverts commit {B}.")
    assert found(later, message(B, "Add")) == []
    own = Message((A, B), ("Merge", f"This reverts commit {A}."))
    assert found(own) == []


def test_a_reverted_revert_no_longer_stands() -> None:
    assert found(
        FEATURE,
        message(B, f"Revert\n\nThis reverts commit {A}."),
        message(C, f"Revert the revert\n\nThis reverts commit {B}."),
    ) == [(1, 0, RevertEvidence.COMMIT_ID, False), (2, 1, RevertEvidence.COMMIT_ID, True)]


AGAIN = [
    'Reapply "Add a thing (#7)"',
    'Revert "Revert "Add a thing (#7)""',
    'Revert^2 "Add a thing (#7)"',
    'Reland "Add a thing"',
    "Reland Add a thing",
    'Unrevert "Add a thing"',
    "[Reland] Add a thing (#7)",
    'Undo the revert of "Add a thing"',
    "Back out the backout of Add a thing",
]


@pytest.mark.parametrize("title", AGAIN)
def test_reapplying_takes_back_the_revert(title: str) -> None:
    assert found(
        FEATURE,
        message(B, 'Revert "Add a thing (#7)"'),
        message(C, title),
    ) == [(1, 0, RevertEvidence.TITLE, False), (2, 1, RevertEvidence.TITLE, True)]


def test_a_third_revert_takes_the_change_back_again() -> None:
    texts = ['Revert "Add a thing"', 'Revert^2 "Add a thing"', 'Revert^3 "Add a thing"']
    chain = [message(oid, text) for oid, text in zip((B, C, D), texts, strict=True)]
    assert [(one[:2], one[3]) for one in found(FEATURE, *chain)] == [
        ((1, 0), False), ((2, 1), True), ((3, 0), True),
    ]  # fmt: skip


def test_commits_inside_a_merged_branch_are_read_and_found() -> None:
    merged = Message((B, A), ("Merge pull request #7 from x/y", "Add a part"))
    assert found(merged, message(C, f"This reverts commit {A}.")) == [
        (1, 0, RevertEvidence.COMMIT_ID, True)
    ]
    assert found(merged, message(C, "No\n\nReverts #7")) == [
        (1, 0, RevertEvidence.PULL_REQUEST, True)
    ]


def test_the_latest_change_of_a_title_is_meant() -> None:
    two = [message(A, "Bump x"), message(B, "Bump x"), message(C, 'Revert "Bump x"')]
    assert found(*two) == [(2, 1, RevertEvidence.TITLE, True)]


def test_exact_inverse_patches() -> None:
    messages = [message(A, "One"), message(B, "Two"), message(C, "Three")]
    patches = [Patch(5, 9, 3), Patch(1, 1, 2), Patch(9, 5, 3)]
    (one,) = find_reverts(messages, patches)
    assert (one.reverting, one.reverted, one.evidence) == (2, 0, RevertEvidence.INVERSE_PATCH)
    assert find_reverts(messages, [Patch(0, 0, 0)] * 3) == ()
    assert find_reverts(messages, [Patch(5, 9, 3), Patch(1, 1, 2), Patch(9, 5, 4)]) == ()


def test_a_message_outranks_a_patch() -> None:
    messages = [FEATURE, message(B, 'Revert "Add a thing"')]
    (one,) = find_reverts(messages, [Patch(5, 9, 3), Patch(9, 5, 3)])
    assert one.evidence is RevertEvidence.TITLE


def test_days_until_a_revert_that_stands() -> None:
    reverts = find_reverts(
        [FEATURE, message(B, f"This reverts commit {A}."), message(C, f"This reverts commit {B}.")]
    )
    day = 86_400.0
    assert reverted_after(reverts, [0, 3 * day, 4 * day]) == (None, 1.0, None)
    assert reverted_after(reverts[1:], [0, 3 * day, 2 * day]) == (None, 0.0, None)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Revert to tabs", False),
        ("Add revert button", False),
        ('Revert "x"', True),
        ("revert: x", True),
        ("revert(core)!: x", True),
        ("Revert “x”", True),
    ],
)
def test_titles_of_reverts(title: str, expected: bool) -> None:
    assert is_revert_title(title) is expected
