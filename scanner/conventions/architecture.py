"""The grain of the architecture: which package imports which, and which library does which job.

A package here is a directory of modules. Only code counts: tests import what they test.
"""

from __future__ import annotations

import math
import sys
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from scanner.analysis.choices import Import
from scanner.analysis.choices.libraries import JOB_OF, JOBS
from scanner.conventions.scopes import Population, population_of
from scanner.scoring.grain import AgainstTheGrain, Strain


class Edge(NamedTuple):
    """An import from one directory of modules to another, by their paths."""

    source: str
    target: str

    @property
    def reversed(self) -> Edge:
        return Edge(self.target, self.source)


@dataclass(frozen=True, slots=True)
class ArchitectureRules:
    """How settled the grain has to be before an import is against it."""

    #: Imports between packages that a package has to have made, and files that made them.
    fewest_imports: int = 20
    fewest_files: int = 5
    #: Files that import the other way before an edge counts as reversed.
    fewest_reversed: int = 5
    #: Files that use the library which the codebase has for a job.
    fewest_users: int = 3
    #: The share of a package's edges made by one file alone; above it new edges are usual.
    most_novelty: float = 0.03


DEFAULT_RULES = ArchitectureRules()


class Dependency(NamedTuple):
    """What one import of a file depends on: a directory of this codebase, or a library."""

    target: str
    is_own: bool
    is_typing: bool
    line: int


@dataclass(slots=True)
class _Uses:
    """Who imports something: imports by file."""

    files: dict[str, int] = field(default_factory=dict)

    def add(self, path: str, by: int) -> None:
        left = self.files.get(path, 0) + by
        if left:
            self.files[path] = left
        else:
            self.files.pop(path, None)

    @property
    def total(self) -> int:
        return sum(self.files.values())


class DependencyProfile:
    """Import edges between directories and imports of libraries, kept up to date file by file.

    Where an import leads depends on the modules that there are, so that the imports of other files
    are resolved anew where modules come and go: the book depends on the tree alone, not on the way
    that led to it.
    """

    def __init__(self) -> None:
        self._files: dict[str, tuple[Dependency, ...]] = {}
        self._imports: dict[str, tuple[Import, ...]] = {}
        self._directories: Counter[str] = Counter()
        #: The directories that a name (`a/b` for `a.b`) leads to, and by how many modules.
        self._modules: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._edges: defaultdict[Edge, _Uses] = defaultdict(_Uses)
        self._run_time: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._libraries: defaultdict[str, _Uses] = defaultdict(_Uses)
        #: The files that import a name or what is in it, and the names that lead elsewhere by now.
        self._askers: defaultdict[str, set[str]] = defaultdict(set)
        self._stale: set[str] = set()
        self._all_stale = False
        #: Where the names of modules lead, as long as no module comes or goes.
        self._leads: dict[str, str | None] = {}

    def announce(self, paths: Iterable[str]) -> None:
        """Makes the modules of a tree or a change known before their imports are resolved."""
        for path in paths:
            if path not in self._files:
                self._files[path] = ()
                self._enter(path, 1)

    def put(self, path: str, imports: Sequence[Import]) -> None:
        """Takes what a file imports now in the place of what it imported before."""
        self.announce([path])
        self._ask(path, imports)
        self._recount(path)

    def remove(self, path: str) -> None:
        """Takes a deleted file out."""
        if path in self._files:
            self._ask(path, ())
            self._recount(path)
            del self._files[path]
            self._enter(path, -1)

    def imports(self) -> Mapping[str, tuple[Import, ...]]:
        """The imports of each file, from which an equal book can be made."""
        return {path: self._imports.get(path, ()) for path in self._files}

    def _enter(self, path: str, by: int) -> None:
        """Counts a module in or out, and notes which imports may lead elsewhere by that."""
        self._leads.clear()
        directory = _directory(path)
        is_new_directory = _step(self._directories, directory, by)
        self._all_stale |= is_new_directory or path.endswith("__init__.py")
        for name in _module_names(path):
            if _step(self._modules[name], directory, by):
                self._stale.add(name)
                if not self._modules[name]:
                    del self._modules[name]

    def _ask(self, path: str, imports: Sequence[Import]) -> None:
        for name in _asked(self._imports.pop(path, ())):
            self._askers[name].discard(path)
        if imports:
            self._imports[path] = tuple(imports)
        for name in _asked(imports):
            self._askers[name].add(path)

    def _recount(self, path: str) -> None:
        """Resolves the imports of a file, and counts what they lead to."""
        found = tuple(self.resolve(path, self._imports.get(path, ())))
        if found != self._files[path]:
            self._count(path, self._files[path], -1)
            self._files[path] = found
            self._count(path, found, 1)

    def _settle(self) -> None:
        """Resolves anew the imports that may lead elsewhere than they did."""
        paths = self._imports if self._all_stale else self._asking()
        self._all_stale, self._stale = False, set()
        for path in list(paths):
            self._recount(path)

    def _asking(self) -> set[str]:
        return {path for name in self._stale for path in self._askers.get(name, ())}

    def resolve(self, path: str, imports: Iterable[Import]) -> Iterator[Dependency]:
        """What the imports of a file depend on."""
        for one in imports:
            target = self._own_directory(path, one)
            if target is not None:
                yield Dependency(target, True, one.is_typing, one.line)
            elif not one.level and one.module and not _is_mock(one):
                yield Dependency(one.module.split(".")[0], False, one.is_typing, one.line)

    def edges(self) -> dict[Edge, int]:
        """The number of files that make each edge."""
        self._settle()
        return {edge: len(uses.files) for edge, uses in self._edges.items() if uses.files}

    def library_users(self, library: str) -> tuple[str, ...]:
        """The files that import a library, those that import it most first."""
        self._settle()
        uses = self._libraries.get(library, _Uses()).files
        return tuple(sorted(uses, key=lambda path: (-uses[path], path)))

    def strains(
        self,
        path: str,
        imports: Sequence[Import],
        rules: ArchitectureRules = DEFAULT_RULES,
    ) -> Iterator[AgainstTheGrain]:
        """The imports of a file, as changed, that depart from the codebase before the change."""
        if population_of(path) is not Population.CODE:
            return
        self._settle()
        seen: set[str] = set()
        for dependency in self.resolve(path, imports):
            if dependency.target in seen:
                continue
            seen.add(dependency.target)
            if dependency.is_own:
                found = self._edge_strain(path, dependency, rules)
            else:
                found = self._library_strain(path, dependency, rules)
            if found is not None:
                yield found

    def _edge_strain(
        self, path: str, dependency: Dependency, rules: ArchitectureRules
    ) -> AgainstTheGrain | None:
        edge = Edge(_directory(path), dependency.target)
        is_known = self._directories[edge.source] and self._directories[edge.target]
        is_nested = _holds(edge.source, edge.target) or _holds(edge.target, edge.source)
        if not is_known or is_nested or self._edges.get(edge, _Uses()).files:
            return None
        if dependency.is_typing:
            return None
        return self._reversed(edge, rules) or self._circle(edge) or self._unseen(edge, rules)

    def _reversed(self, edge: Edge, rules: ArchitectureRules) -> AgainstTheGrain | None:
        users = self._edges.get(edge.reversed, _Uses()).files
        if len(users) < rules.fewest_reversed:
            return None
        return AgainstTheGrain(
            Strain.REVERSED,
            *edge,
            support=len(users),
            total=len(users),
            cost=_cost(1, len(users) + 1),
            route=(edge.source, edge.target, edge.source),
            users=tuple(sorted(users)[:2]),
        )

    def _circle(self, edge: Edge) -> AgainstTheGrain | None:
        back = self._route(edge.target, edge.source)
        if back is None or self._route(edge.source, edge.target) is not None:
            return None
        if self._joins(back):
            return None
        steps = [Edge(*pair) for pair in pairwise(back)]
        users = [min(self._edges[step].files) for step in steps if self._edges[step].files]
        edges = len(self.edges())
        return AgainstTheGrain(
            Strain.CIRCLE,
            *edge,
            support=edges,
            total=edges,
            cost=3.0,
            route=(edge.source, *back),
            users=tuple(users[:2]),
        )

    def _joins(self, back: Sequence[str]) -> bool:
        """Whether an import only adds its package to others that go round in a circle already."""
        first, last = back[0], back[-2]
        return first != last and self._route(last, first) is not None

    def _unseen(self, edge: Edge, rules: ArchitectureRules) -> AgainstTheGrain | None:
        """The chance of a new edge is the share of those seen once (Good and Turing)."""
        own = {e: uses for e, uses in self._edges.items() if e.source == edge.source and uses.files}
        total = sum(uses.total for uses in own.values())
        files = {path for uses in own.values() for path in uses.files}
        once = sum(len(uses.files) == 1 for uses in own.values())
        is_settled = total >= rules.fewest_imports and len(files) >= rules.fewest_files
        novelty = (once + 1) / (total + 1)
        if not is_settled or novelty > rules.most_novelty:
            return None
        shown = max((own[edge] for edge in sorted(own)), key=lambda uses: uses.total)
        return AgainstTheGrain(
            Strain.UNSEEN,
            *edge,
            support=total,
            total=total,
            cost=_cost(once + 1, total + 1),
            users=tuple(sorted(shown.files)[:2]),
        )

    def _library_strain(
        self, path: str, dependency: Dependency, rules: ArchitectureRules
    ) -> AgainstTheGrain | None:
        library = dependency.target
        job = JOB_OF.get(library)
        if job is None or library in sys.stdlib_module_names or self._users(library):
            return None
        others = {other: self._users(other) for other in JOBS[job] if other != library}
        usual = max(others, key=lambda other: (others[other], other))
        if others[usual] < rules.fewest_users:
            return None
        total = sum(others.values())
        return AgainstTheGrain(
            Strain.LIBRARY,
            _directory(path),
            library,
            support=others[usual],
            total=total,
            cost=_cost(1, total + 1),
            users=self.library_users(usual)[:2],
            usual=usual,
        )

    def _users(self, library: str) -> int:
        return len(self._libraries.get(library, _Uses()).files)

    def _route(self, start: str, end: str) -> tuple[str, ...] | None:
        """The shortest way along run-time imports, or None."""
        came_from: dict[str, str] = {start: ""}
        waiting = deque([start])
        while waiting:
            here = waiting.popleft()
            if here == end:
                return _trace(came_from, end)
            for target in sorted(self._run_time.get(here, ())):
                if target not in came_from:
                    came_from[target] = here
                    waiting.append(target)
        return None

    def _own_directory(self, path: str, one: Import) -> str | None:
        """The directory that an import leads to, if it is this codebase's."""
        if one.level:
            base = path.split("/")[:-1]
            base = base[: len(base) - (one.level - 1)]
            inner = "/".join([*base, *one.module.split(".")] if one.module else base)
            return inner if inner in self._directories else inner.rpartition("/")[0]
        if one.module.split(".")[0] in sys.stdlib_module_names:
            return None
        if one.module not in self._leads:
            self._leads[one.module] = self._absolute(one.module)
        return self._leads[one.module]

    def _absolute(self, module: str) -> str | None:
        """Where the longest known part of a module's name leads: of several places, the highest."""
        parts = module.split(".")
        for length in range(len(parts), 0, -1):
            name = "/".join(parts[:length])
            places = [one for one in self._modules.get(name, ()) if self._is_rooted(one, name)]
            if places:
                return min(places, key=lambda place: (place.count("/"), place))
        return None

    def _is_rooted(self, place: str, name: str) -> bool:
        """Whether a name can be imported from outside: the directory it starts in is no package.

        A name that is also a library's is this codebase's only at the top.
        """
        tail = name if f"/{place}".endswith(f"/{name}") else name.rpartition("/")[0]
        root = place.removesuffix(tail).rstrip("/")
        if "/" not in name and name in JOB_OF and root:
            return False
        return f"{root}/__init__.py" not in self._files

    def _count(self, path: str, dependencies: Iterable[Dependency], sign: int) -> None:
        if population_of(path) is not Population.CODE:
            return
        source = _directory(path)
        for one in dependencies:
            if not one.is_own:
                self._libraries[one.target].add(path, sign)
            elif one.target != source:
                self._edges[Edge(source, one.target)].add(path, sign)
                if not one.is_typing:
                    _step(self._run_time[source], one.target, sign)


def _cost(seen: int, total: int) -> float:
    return min(3.0, -math.log2(seen / total))


def _directory(path: str) -> str:
    return path.rpartition("/")[0]


def _holds(outer: str, inner: str) -> bool:
    return outer == inner or inner.startswith(f"{outer}/") or not outer


def _is_mock(one: Import) -> bool:
    """`unittest.mock` goes with any test library."""
    return one.module == "unittest.mock" or (one.module == "unittest" and one.names == ("mock",))


def _module_names(path: str) -> set[str]:
    """The names that a module and its directory end in, by any number of their parts."""
    *directory, name = path.split("/")
    # A script without a suffix has no name to be imported by.
    module = path.rpartition(".")[0].removesuffix("/__init__")
    parts = module.split("/") if "." in name else directory
    names = {"/".join(parts[start:]) for start in range(len(parts))}
    return names | {"/".join(directory[start:]) for start in range(len(directory))}


def _step(counts: Counter[str], name: str, by: int) -> bool:
    """Counts something in or out; whether it is there now and was not, or the other way round."""
    before = counts[name]
    counts[name] = before + by
    if not counts[name]:
        del counts[name]
    return not before or not counts[name]


def _asked(imports: Iterable[Import]) -> set[str]:
    """The names that absolute imports ask for, and those of the packages around them."""
    names: set[str] = set()
    for one in imports:
        if not one.level:
            parts = one.module.split(".")
            names.update("/".join(parts[:length]) for length in range(1, len(parts) + 1))
    return names


def _trace(came_from: dict[str, str], end: str) -> tuple[str, ...]:
    route = [end]
    while came_from[route[-1]]:
        route.append(came_from[route[-1]])
    return tuple(reversed(route))
