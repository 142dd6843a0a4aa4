"""What an agent may ask over MCP: each tool with its question, its answer, and what it runs.

Every tool reads; none writes anything but the cache. The work is done in the rooms that the
commands use.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from msgspec import Meta, Struct

from scanner.attribution.environment import detect_agent
from scanner.base.budget import DEFAULT_BUDGET, run_limits
from scanner.cli.explain import story_of
from scanner.cli.review import below
from scanner.cli.session import Session
from scanner.cli.told_log import keep_told
from scanner.gate.review import Judging, reviewed_work_tree
from scanner.git.hooks import hooks_folder
from scanner.git.process import Repository
from scanner.history.attribution import attribute_range
from scanner.history.hotspots import Hotspots, hotspots_at, plan, worth_fixing
from scanner.history.read import Progress, Selection, parse_range
from scanner.render.json import agent_documents as answers
from scanner.render.json.agent_documents import Page
from scanner.tree.conventions import SHALLOW, conventions_for
from scanner.tree.existing import Wanted, find_existing, live_functions

Q = TypeVar("Q", bound=Struct)
A = TypeVar("A", bound=Struct)

_HEAD = "HEAD"
Path_ = Annotated[str, Meta(description="a path from the top of the repository")]
Revision = Annotated[str, Meta(description="a commit, branch or tag")]


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks: the session of the server, and the agent's name if what it is told is kept."""

    session: Session
    logged_agent: str | None = None


@dataclass(frozen=True, slots=True)
class Tool(Generic[Q, A]):
    """A tool: what it does in a sentence or two, what it is asked with, and what it answers.

    `run` may raise ScanError, whose message is the answer then.
    """

    name: str
    does: str
    question: type[Q]
    answer: type[A]
    run: Callable[[Asking, Q, Progress], A]


class CheckChanges(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that is edited, unless files or folders are named."""

    paths: tuple[Path_, ...] = ()
    page: Page = 1


def _check(asking: Asking, asked: CheckChanges, _progress: Progress) -> answers.CheckedChanges:
    top = asking.session.repository.work_tree
    paths = tuple(below(top, top / path) for path in asked.paths) if top is not None else ()
    with run_limits(DEFAULT_BUDGET), asking.session.open_store() as store:
        judging = Judging(
            asking.session.repository, store, asking.session.settings, environment=os.environ
        )
        with reviewed_work_tree(judging, paths) as (_, review):
            if asking.logged_agent is not None:
                most = asked.page * answers.ENTRIES
                keep_told(asking.session.repository, asking.logged_agent, review, most)
            return answers.checked_changes(review, asked.page)


class Explain(Struct, frozen=True, forbid_unknown_fields=True):
    """One change by its commit."""

    commit: Revision = _HEAD
    page: Page = 1


def _explain(asking: Asking, asked: Explain, progress: Progress) -> answers.ExplainedChange:
    return answers.explained_change(story_of(asking.session, asked.commit, progress), asked.page)


class FindExisting(Struct, frozen=True, forbid_unknown_fields=True):
    """Code, or a description, or both."""

    code: Annotated[str, Meta(description="a function, or statements of one, in Python")] = ""
    description: Annotated[
        str, Meta(description="parameters with their types, and what the function should do")
    ] = ""
    path: Annotated[
        str | None, Meta(description="the file that would use it, from the top of the repository")
    ] = None
    page: Page = 1


def _find(asking: Asking, asked: FindExisting, progress: Progress) -> answers.ExistingFunctions:
    context = asking.session.context(_HEAD)
    progress("reading the functions of HEAD", 0, 1)
    live = live_functions(context, _HEAD)
    wanted = Wanted(asked.code, asked.description, asked.path)
    return answers.existing_functions(find_existing(live, wanted), live.count, asked.page)


class ConventionsFor(Struct, frozen=True, forbid_unknown_fields=True):
    """A file or a folder, whether it is there yet or not."""

    path: Path_
    page: Page = 1


def _conventions(asking: Asking, asked: ConventionsFor, progress: Progress) -> answers.Habits:
    top = asking.session.repository.work_tree
    path = below(top, top / asked.path) if top is not None else asked.path
    progress("reading what this code base does", 0, 1)
    rows = conventions_for(asking.session.context(_HEAD), _HEAD, path)
    lack = f"Not all judged: {SHALLOW}." if asking.session.repository.is_shallow else None
    return answers.habits_for(path, rows, asked.page, lack)


class AskHotspots(Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing but the page."""

    page: Page = 1


def _hotspots(asking: Asking, asked: AskHotspots, progress: Progress) -> answers.HotSpots:
    return answers.hot_spots(_hot(asking.session, progress), asked.page)


class AskPlan(Struct, frozen=True, forbid_unknown_fields=True):
    """How long there is."""

    minutes: Annotated[float, Meta(gt=0, le=10_000, description="how many minutes there are")] = 60
    page: Page = 1


def _plan(asking: Asking, asked: AskPlan, progress: Progress) -> answers.RepairPlan:
    found = _hot(asking.session, progress)
    repairs = tuple(plan(worth_fixing(found.scan.findings, found.files), asked.minutes))
    return answers.repair_plan(found, repairs, asked.minutes, asked.page)


def _hot(session: Session, progress: Progress) -> Hotspots:
    with run_limits(DEFAULT_BUDGET):
        return hotspots_at(session.context(_HEAD), _HEAD, session.jobs, progress)


class AskAttribution(Struct, frozen=True, forbid_unknown_fields=True):
    """A range of commits; all of HEAD if none is named."""

    revisions: Annotated[str | None, Meta(description="a range such as main..HEAD")] = None
    page: Page = 1


def _attribution(
    asking: Asking, asked: AskAttribution, progress: Progress
) -> answers.AttributionStatus:
    repository = asking.session.repository
    base, tip = parse_range(repository, asked.revisions)
    settings = asking.session.context(tip).settings.attribution
    with asking.session.open_store() as store:
        found = attribute_range(repository, store, Selection(tip, base), settings, progress)
    running = detect_agent(os.environ)
    return answers.attribution_status(
        found,
        running.name if running else None,
        is_stamped=_is_stamped(repository),
        page=asked.page,
    )


def _is_stamped(repository: Repository) -> bool:
    hook = hooks_folder(repository) / "prepare-commit-msg"
    try:
        return "stamp" in hook.read_text("utf-8", "replace")
    except OSError:
        return False


TOOLS: tuple[Tool[Any, Any], ...] = (
    Tool(
        "check_changes",
        "Judge what is edited in the work tree, staged or not and new files too, against HEAD: "
        "what to fix before it is committed, with the place and what to do. Call it after editing.",
        CheckChanges, answers.CheckedChanges, _check,
    ),
    Tool(
        "explain",
        "Explain one change: its scores and findings, who wrote it by which evidence, and what "
        "became of it.",
        Explain, answers.ExplainedChange, _explain,
    ),
    Tool(
        "find_existing",
        "Find functions of this code base that do already what you are about to write, with the "
        "import line. Give code, or parameters and a description. Call it before writing a helper.",
        FindExisting, answers.ExistingFunctions, _find,
    ),
    Tool(
        "conventions_for",
        "What the code around a path always does, with counts and examples. Call it before "
        "writing there.",
        ConventionsFor, answers.Habits, _conventions,
    ),
    Tool(
        "hotspots",
        "The files with most debt that are changed most often.",
        AskHotspots, answers.HotSpots, _hotspots,
    ),
    Tool(
        "plan",
        "What to mend first within so many minutes: the findings that pay most.",
        AskPlan, answers.RepairPlan, _plan,
    ),
    Tool(
        "attribution_status",
        "How much of the history carries evidence of who wrote it, and whether what is committed "
        "here will be marked.",
        AskAttribution, answers.AttributionStatus, _attribution,
    ),
)  # fmt: skip
