"""People and accounts → entries of the registry. Exact values only, looked up once each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from scanner.attribution.registry import Registry
from scanner.attribution.signals import Signal, SignalRole
from scanner.base.model import Person

_NOREPLY = "@users.noreply.github.com"
_BOT = "[bot]"
#: The accounts behind GitLab's project and group access tokens.
_TOKEN_BOT = re.compile(r"(?:project|group)_\d{1,20}_bot\w*")
_TOKEN_ADDRESS = re.compile(rf"({_TOKEN_BOT.pattern})@noreply\.[\w.-]+")
_WORD = re.compile(r"[a-z]+")
_SUFFIXED_ID = re.compile(r"(\d+)\+(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Identified:
    """What the registry knows of a person in a role, and why what it nearly knows is not believed.

    Several entries may match: an app that writes code may publish generated files too. `app` is the
    login of a forge app (`…[bot]`) that no entry lists.
    """

    signals: tuple[Signal, ...] = ()
    near: str | None = None
    app: str | None = None

    @property
    def signal(self) -> Signal | None:
        """The first entry that matches, if any does."""
        return self.signals[0] if self.signals else None


@dataclass(frozen=True, slots=True)
class IdentityTable:
    """Remembers who was looked up: histories repeat few people many times."""

    registry: Registry
    seen: dict[tuple[Person, SignalRole], Identified] = field(default_factory=dict)

    def find(self, person: Person, role: SignalRole) -> Identified:
        """What the registry says of this person in this role."""
        key = (person, role)
        found = self.seen.get(key)
        if found is None:
            found = self.seen[key] = identify(self.registry, person, role)
        return found


def identify(registry: Registry, person: Person, role: SignalRole) -> Identified:
    """The entries that match a name and address exactly, else the near miss, else nothing."""
    name, email = person.name.strip(), person.email.strip().lower()
    candidates = (
        *registry.addresses.get(email, ()),
        *_by_login(registry, name.lower(), email),
        *(signal for signal in registry.names if signal.search(name)),
    )
    found = tuple(
        signal
        for signal in candidates
        if role in signal.roles and (not signal.names or name.lower() in signal.names)
    )
    if not found:
        shown = f"{name} <{email}>"
        found = tuple(s for s in registry.persons if role in s.roles and s.search(shown))
    if found:
        return Identified(found)
    app = _app(name.lower(), email)
    return Identified(near=_near(registry, name, email), app=app)


def login_of(name: str, email: str) -> tuple[str, str]:
    """The numeric id and the login that an address names, either empty; all in lower case.

    A name ending in `[bot]` is a login too: only forge apps may bear one. GitLab's access tokens
    have accounts of their own.
    """
    token = _TOKEN_ADDRESS.fullmatch(email)
    if token:
        return "", token[1]
    if email.endswith(_NOREPLY):
        local = email.removesuffix(_NOREPLY)
        numbered = _SUFFIXED_ID.fullmatch(local)
        return (numbered[1], numbered[2]) if numbered else ("", local)
    return ("", name) if name.endswith(_BOT) and " " not in name else ("", "")


def _by_login(registry: Registry, name: str, email: str) -> tuple[Signal, ...]:
    number, login = login_of(name, email)
    if _TOKEN_BOT.fullmatch(login):
        return registry.logins.get(login, ())
    exact = registry.logins.get(f"{number}+{login}", ()) if number else ()
    # Without its id, only an app's login is exact: anyone could have registered another one.
    return exact or (registry.logins.get(login, ()) if login.endswith(_BOT) else ())


def _app(name: str, email: str) -> str | None:
    _, login = login_of(name, email)
    return login if login.endswith(_BOT) or _TOKEN_BOT.fullmatch(login) else None


def _near(registry: Registry, name: str, email: str) -> str | None:
    number, login = login_of(name.lower(), email)
    if number in registry.ids:
        return f"account id {number} is known, but not with the login '{login}'"
    word = next((w for w in _WORD.findall(name.lower()) if w in registry.near_words), None)
    if word:
        shown = next(part for part in name.split() if word in part.lower())
        return f"name '{shown}' is not an address we know"
    local, _, domain = email.partition("@")
    word = next((w for w in _WORD.findall(domain) if w in registry.near_words), None)
    if word:
        return f"domain '{domain}' is not an address: people write from there too"
    word = next((w for w in _WORD.findall(local) if w in registry.near_words), None)
    return f"'{word}' in an address is not an address we know" if word else None
