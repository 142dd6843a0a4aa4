"""Which agent a declaration such as `Assisted-by: Claude Code (model: x, autonomous)` names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scanner.attribution.identities import identify
from scanner.attribution.registry import Registry
from scanner.attribution.signals import Role, SignalClass
from scanner.base.model import Person

#: `AGENT:MODEL [TOOL] …`, the kernel's form.
_KERNEL = re.compile(
    r"(?P<agent>[a-z][\w.+-]*(?: [a-z][\w.+-]*)?):(?P<model>[\w./:+-]+)(?: +\[[^\]]*\]| +[\w.-]+)*"
)
#: `NAME (model: X, MODE)` or `NAME (…, MODE)`: nobody describes a person so.
_MODE = re.compile(
    r"(?P<agent>[^()<>:]+?) *\((?:model: *[^()]+"
    r"|(?:[^()]*, *)?(?:autonomous|supervised|under direct human supervision))\)"
)
_ADDRESS = re.compile(r"(?P<name>[^<>]*?) *<(?P<email>[^<>@\s]+@[^<>@\s]+)>")
_LEADING = re.compile(r"^[^\w]+")
#: What may follow a tool's name: a version, a model or a remark in parentheses.
_MODEL = re.compile(
    r" *(?:opus|sonnet|haiku|fable|composer|grok|gpt|gemini|kimi|flash|pro|mini|[\w./-]*\d[\w./-]*)"
    r"(?: [\w./-]+){0,3}"
)
_AFTER_COLON = re.compile(r":[\w./:@+-]+(?:\[[\w-]+\])?(?: +\[[^\]]*\]| +[\w.-]+)*")
_REMARK = re.compile(r" *\([^()]*\)")
_GPT = re.compile(r"(?:openai )?gpt-?\d[\w.]*(?P<codex>-codex| codex)?")


@dataclass(frozen=True, slots=True)
class NamedTool:
    """The tool that a declaration names; `agent` is None if it is a tool but not one we list."""

    agent: str | None


def resolve_tool(registry: Registry, value: str) -> NamedTool | str:
    """The tool that a declaration's value names, or why it is not believed to name one."""
    text = _LEADING.sub("", value.strip().strip("\"'`").lower())
    if not text:
        return "it names nothing"
    addressed = _ADDRESS.fullmatch(text)
    if addressed:
        return _addressed(registry, addressed["name"], addressed["email"])
    if text in registry.people:
        return f"'{value.strip()}' alone may be a person"
    if text in ("ai", "an ai", "ai assistant"):
        return NamedTool(None)
    known = _known(registry, text)
    if known:
        return NamedTool(known)
    form = _MODE.fullmatch(text) or _kernel(text)
    if form:
        return NamedTool(_known(registry, form["agent"].split("/")[0]))
    return f"'{value.strip()}' is not a tool we know"


def _addressed(registry: Registry, name: str, email: str) -> NamedTool | str:
    signal = identify(registry, Person(name, email), Role.COAUTHOR).signal
    if signal and signal.kind is SignalClass.AI:
        return NamedTool(signal.agent)
    known = None if name in registry.people else _known(registry, name)
    # A tool's name of two words beside an address is no person; one word may well be.
    if known and " " in name and name in {tool for tool, _ in registry.tools}:
        return NamedTool(known)
    return f"'{email}' is not an address we know"


def _kernel(text: str) -> re.Match[str] | None:
    form = _KERNEL.fullmatch(text)
    if form is None:
        return None
    # "unknown" is what a stamp writes where the agent does not say its model.
    model = form["model"]
    return form if model == "unknown" or any(map(str.isdigit, model)) else None


def _known(registry: Registry, text: str) -> str | None:
    gpt = _GPT.match(text)
    if gpt and _is_trailing(text[gpt.end() :]):
        return "codex" if gpt["codex"] else "gpt"
    for name, agent in registry.tools:
        if text.startswith(name) and _is_trailing(text[len(name) :]):
            return agent
    return None


def _is_trailing(rest: str) -> bool:
    """Whether what follows a tool's name is nothing, a model, a remark, or both."""
    if _AFTER_COLON.fullmatch(rest):
        return True
    model = _MODEL.match(rest) if rest.startswith(" ") else None
    for end in (model.end() if model else 0, 0):
        after = rest[end:]
        if not after.strip() or _REMARK.fullmatch(after):
            return True
    return False
