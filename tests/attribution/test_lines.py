"""The label of every line, and whether it was attested of the line or of its commit."""

from __future__ import annotations

from scanner.attribution.changes import added_lines, added_only, carry, changed_paths, new_files
from scanner.attribution.lines import Birth, LineLabel, label_lines
from scanner.base.model import (
    Attribution,
    Claim,
    FileChange,
    FileMode,
    FileStatus,
    FileVersion,
    Granularity,
    Hunk,
    Label,
    Level,
    LineAttestation,
    Span,
    TreeDiff,
)


def item(path: str, first: int, last: int, label: Label = Label.AI) -> LineAttestation:
    agent = "codex" if label is Label.AI else None
    return LineAttestation(path, Span(first, last), label, agent)


def attribution(label: Label, *lines: LineAttestation, agents: tuple[str, ...] = ()) -> Attribution:
    claim = Claim(Level.LINE_ATTESTATION, "git-ai.note", "test", "text", Label.AI, lines=lines)
    return Attribution(label, Level.LINE_ATTESTATION, agents, (claim,))


def test_lines_take_their_own_label_or_inherit_their_commits() -> None:
    attributions = {
        "one": attribution(
            Label.MIXED,
            item("a.py", 1, 2),
            item("a.py", 5, 5, Label.HUMAN),
            item("b.py", 1, 9),
            agents=("codex",),
        ),
        "two": Attribution(Label.AI, Level.AUTHOR_IDENTITY, ("claude",)),
    }
    births = [
        Birth("one", "a.py", 1),
        Birth("one", "a.py", 3),
        Birth("one", "a.py", 5),
        Birth("two", "a.py", 1),
        Birth("three", "a.py", 1),
    ]
    line, inherited = Granularity.LINE, Granularity.INHERITED
    found = label_lines(births, attributions)
    assert found == [
        LineLabel("one", Label.AI, line, "codex"),
        LineLabel("one", Label.MIXED, inherited, "codex"),
        LineLabel("one", Label.HUMAN, line),
        LineLabel("two", Label.AI, inherited, "claude"),
        LineLabel("three", Label.UNMARKED, inherited),
    ]


def test_the_path_is_that_of_the_birth() -> None:
    attributions = {"one": attribution(Label.UNMARKED, item("old.py", 1, 2))}
    (found,) = label_lines([Birth("one", "new.py", 1)], attributions)
    assert found.granularity is Granularity.INHERITED


def version(path: str) -> FileVersion:
    return FileVersion(path, FileMode.REGULAR, "0" * 40)


def diff(*files: FileChange) -> TreeDiff:
    return TreeDiff("x", "y", files)


def change(before: str | None, after: str | None, *hunks: Hunk) -> FileChange:
    status = FileStatus.MODIFIED if before and after else FileStatus.ADDED
    return FileChange(
        status, version(before) if before else None, version(after) if after else None, hunks
    )


class TestCarrying:
    def spans(self, span: tuple[int, int], *hunks: Hunk) -> list[tuple[int, int]]:
        moved = carry([item("a.py", *span)], diff(change("a.py", "a.py", *hunks)))
        return [(one.span.first, one.span.last) for one in moved]

    def test_an_untouched_file_keeps_its_lines(self) -> None:
        assert list(carry([item("a.py", 1, 3)], diff())) == [item("a.py", 1, 3)]

    def test_lines_before_a_hunk_stay(self) -> None:
        assert self.spans((1, 3), Hunk(5, 2, 5, 0)) == [(1, 3)]

    def test_lines_after_one_move(self) -> None:
        assert self.spans((6, 8), Hunk(2, 1, 2, 4)) == [(9, 11)]

    def test_an_insertion_splits_a_span(self) -> None:
        assert self.spans((1, 10), Hunk(3, 0, 3, 2)) == [(1, 3), (6, 12)]

    def test_replaced_lines_are_gone(self) -> None:
        assert self.spans((4, 6), Hunk(3, 3, 3, 3)) == []
        assert self.spans((1, 10), Hunk(3, 2, 3, 1)) == [(1, 3), (5, 9)]

    def test_several_hunks_add_up(self) -> None:
        assert self.spans((1, 9), Hunk(0, 1, 0, 0), Hunk(4, 1, 3, 3)) == [(1, 3), (7, 10)]

    def test_a_renamed_file_keeps_its_lines_and_a_deleted_one_none(self) -> None:
        renamed = diff(change("a.py", "b.py"))
        assert list(carry([item("a.py", 1, 2)], renamed)) == [item("b.py", 1, 2)]
        assert list(carry([item("a.py", 1, 2)], diff(change("a.py", None)))) == []

    def test_only_added_lines_are_claimed(self) -> None:
        added = {"a.py": (Span(2, 3), Span(7, 9))}
        found = list(added_only([item("a.py", 1, 8), item("c.py", 1, 1)], added))
        assert found == [item("a.py", 2, 3), item("a.py", 7, 8)]


def test_what_a_diff_says_of_a_change() -> None:
    found = diff(change(None, "n.py", Hunk(0, 0, 0, 4)), change("a.py", "a.py", Hunk(1, 2, 1, 0)))
    assert added_lines(found) == {"n.py": (Span(1, 4),)}
    assert changed_paths(found) == ("n.py", "a.py")
    assert new_files(found) == {"n.py"}
