"""Choices: points where code could have been written in another way, and which way it took."""

from __future__ import annotations

from scanner.analysis.choices.all_families import BY_ID, FAMILIES
from scanner.analysis.choices.family import OPEN, Alternative, Choice, Family, Reach, Topic
from scanner.analysis.choices.reading import ANALYSIS, Choices, read_choices
from scanner.analysis.choices.shape import Import, Shape

__all__ = [
    "ANALYSIS",
    "BY_ID",
    "FAMILIES",
    "OPEN",
    "Alternative",
    "Choice",
    "Choices",
    "Family",
    "Import",
    "Reach",
    "Shape",
    "Topic",
    "read_choices",
]
