"""What a forge's record alone says of a pull request: its author's account and its branch. Pure.

For open and merged ones alike, so that they can be set side by side: a merged change has more
evidence, its commits', and by that open ones would seem to be other people's.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from scanner.attribution.registry import Registry
from scanner.attribution.signals import Role, Signal, SignalClass
from scanner.base.model import Label

_BOT = "[bot]"


def label_of_pull(
    registry: Registry, login: str | None, branch: str, opened: datetime, *, is_bot: bool
) -> Label:
    """The label by the author's login and the branch; `unmarked` where they say nothing."""
    kinds = {signal.kind for signal in _signals(registry, login, branch, is_bot=is_bot)
             if signal.doubt(opened, opened) is None}  # fmt: skip
    if SignalClass.AI in kinds:
        return Label.AI
    return Label.AUTOMATION if is_bot or SignalClass.AUTOMATION in kinds else Label.UNMARKED


def _signals(
    registry: Registry, login: str | None, branch: str, *, is_bot: bool
) -> Iterator[Signal]:
    yield from (signal for signal in registry.branches if signal.search(branch))
    if login and is_bot:  # without its id, only an app's login is exact
        plain = login.lower().removeprefix("app/").removesuffix(_BOT)
        known = registry.logins.get(f"{plain}{_BOT}", ())
        yield from (signal for signal in known if Role.AUTHOR in signal.roles)
