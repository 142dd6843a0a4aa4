from __future__ import annotations

import importlib
import pkgutil

import scanner.analysis
from scanner.analysis.all_facts import FACTS
from scanner.analysis.analysis import Analysis
from scanner.analysis.parsing.source import UnitSource
from scanner.base.model import UnitKind


def test_every_analysis_is_registered_once() -> None:
    found = {
        id(analysis): name
        for _, name, _ in pkgutil.walk_packages(scanner.analysis.__path__, "scanner.analysis.")
        for analysis in [getattr(importlib.import_module(name), "ANALYSIS", None)]
        if isinstance(analysis, Analysis)
    }
    assert {id(analysis) for analysis in FACTS} == set(found), sorted(found.values())
    assert len({analysis.name for analysis in FACTS}) == len(FACTS)


def test_each_analysis_gives_what_it_says() -> None:
    source = UnitSource(UnitKind.FUNCTION, "def f(a):\n    return a or f(1)\n")
    for analysis in FACTS:
        assert isinstance(analysis.compute(source), analysis.result)
