"""Who is who: the names and addresses that `.mailmap` gives to people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from scanner.base.model import Person, Problem, Stage
from scanner.git.process import GitError, Repository, run

_CONTACT = re.compile(r"(.*?) ?<([^<>]*)>")


def people_at(
    repo: Repository, tip: str, people: Iterable[Person]
) -> Mapping[Person, Person] | Problem:
    """Those whom the `.mailmap` of the tree at `tip` calls otherwise, by what they were called.

    A Problem where git cannot read it.
    """
    asked = [one for one in dict.fromkeys(people) if _CONTACT.fullmatch(_contact(one))]
    lines = "".join(f"{_contact(one)}\n" for one in asked).encode("utf-8", "surrogateescape")
    # The user's own file would give other people on another machine.
    options = ("-c", "mailmap.file=", "-c", f"mailmap.blob={tip}:.mailmap")
    try:
        answers = run(repo, *options, "check-mailmap", "--stdin", stdin=lines)
    except GitError as error:
        return Problem(Stage.GIT, ".mailmap", f"it was not read: {error.message}")
    found = {}
    for one, line in zip(asked, answers.split(b"\n"), strict=False):
        contact = _CONTACT.fullmatch(line.decode("utf-8", "surrogateescape"))
        if contact is not None and (known := Person(contact[1], contact[2])) != one:
            found[one] = known
    return found


def _contact(person: Person) -> str:
    return f"{person.name} <{person.email}>"
