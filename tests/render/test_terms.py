"""Every statistic is told in two sentences, where it stands and in the glossary."""

from __future__ import annotations

import re

import pytest

from scanner.render.html.all_sections import SECTIONS
from scanner.render.html.page import build_page
from scanner.render.html.terms import IN_SECTION, Term
from tests.render.report_samples import quiet_report

#: Sections that show no statistic of their own.
PLAIN = {"problems", "method", "glossary", "changes"}


@pytest.mark.parametrize("term", Term, ids=lambda term: term.title)
def test_a_term_is_two_sentences(term: Term) -> None:
    assert re.fullmatch(r"[^.]+\. [A-Zq][^.]+\.", term.words), term.words


def test_every_section_says_what_it_shows_and_every_term_is_in_one() -> None:
    sections = build_page(quiet_report()).sections
    assert len(SECTIONS) - len(PLAIN) <= len(IN_SECTION)
    for section in sections:
        assert bool(section.terms) != (section.id in PLAIN), section.id
    assert {term for terms in IN_SECTION.values() for term in terms} == set(Term)
