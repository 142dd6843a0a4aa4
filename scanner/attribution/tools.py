"""Which agents a declaration such as `Assisted-by: Claude Code (model: x, autonomous)` names.

The value is read by its grammar first, so that an agent whose name no entry holds yet is still read
as one where nobody would describe a person so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scanner.attribution.identities import identify
from scanner.attribution.registry import Registry
from scanner.attribution.signals import SignalClass, SignalRole
from scanner.base.model import Person

#: `AGENT:MODEL`, the kernel's form, and the analysis tools that were used, if any.
_KERNEL = re.compile(
    r"(?P<agent>[a-z][\w.+-]*(?: [a-z][\w.+-]*)?):(?P<model>[\w./:+@-]+)(?: +[a-z][\w.+-]*)*"
)
#: `NAME / MODEL`, with a number in the model's name.
_SLASH = re.compile(r"(?P<agent>[a-z][^<>()/:,;]{0,60}?) */ *(?P<model>[a-z](?=[\w.-]*\d)[\w.-]+)")
#: `NAME (model: X, MODE)` or `NAME (…, MODE)`: nobody describes a person so.
_MODE = re.compile(
    r"(?P<agent>[^()<>:]{1,80}?) {0,9}\((?:model: {0,9}(?P<model>[^()]+)"
    r"|(?:(?P<said>[^()]*), *)?(?:autonomous|supervised|under direct human supervision))\)"
)
#: `NAME [TOOL] [TOOL]`, the kernel's form since 2026, which names no model.
_TOOLS_USED = re.compile(r"(?P<agent>[^\[\]<>]{1,80}?)(?: {1,9}\[[^\[\]]*+\])+")
_ADDRESSED = re.compile(
    r"(?<![^<>])(?P<name>(?>(?:[^<> ]| +(?=[^<> ]))*)) *+<(?P<email>[^<>@\s]+@[^<>@\s]+)>"
)
_LEADING = re.compile(r"^[^\w]+")
_BETWEEN = re.compile(r" {0,9}(?:[,;&+]| and ) {0,9}(?![^()\[\]]{0,200}[)\]])")
#: What models are called.
_FAMILIES = (
    "opus|sonnet|haiku|fable|composer|grok|gpt|gemini|kimi|claude|codex|qwen|deepseek|glm|mimo|"
    "minimax|llama|mistral|devstral|codestral|o[134]"
)
_FAMILY = re.compile(rf"(?:^|[^a-z])(?:{_FAMILIES})(?![a-z])")
#: What may follow a tool's name: a version, a model or a remark in parentheses.
_MODEL = re.compile(
    r" *(?:opus|sonnet|haiku|fable|composer|grok|gpt|gemini|kimi|flash|pro|mini"
    r"|(?=[\w./-]*\d)[\w./-]++)"
    r"(?: [\w./-]+){0,3}"
)
_AFTER_COLON = re.compile(r":[\w./:@+-]+(?:\[[\w-]+\])?(?: +\[[^\]]*\]| +[\w.-]+)*")
_JOINED = re.compile(r" *(?:/|-|–|—|\+|with|using|via|on) *(?=[\w])")
_REMARK = re.compile(r" *\([^()]*\)")
_GPT = re.compile(r"(?:openai )?gpt-?\d[\w.]*(?P<codex>-codex| codex)?")
_NO_NAMES = ("", "-", "yes", "no", "none", "true", "false", "n/a", "na", "nobody", "unknown")
_ANY_AI = ("ai", "an ai", "ai assistant", "ai agent", "an ai agent", "llm")


@dataclass(frozen=True, slots=True)
class NamedTool:
    """A tool that a declaration names; `agent` is None where it gives no name to it.

    `is_model_named` says whether a model of a known family stands beside it, or the tool is listed:
    then even a declaration that others than agents use ("Generated-by:") is one by an agent.
    """

    agent: str | None
    is_model_named: bool = True


def resolve_tools(registry: Registry, value: str) -> tuple[NamedTool, ...] | str:
    """The tools that a declaration's value names, or why it is not believed to name one."""
    text = _LEADING.sub("", value.strip().strip("\"'`").lower()).rstrip()
    if not text:
        return "it names nothing"
    if "<" in text:
        return _of_people(registry, _ADDRESSED.finditer(text))
    if text in registry.people:
        return f"'{value.strip()}' alone may be a person"
    found = _listed(registry, text)
    return found or f"'{value.strip()}' is not a tool we know"


def declared_tools(registry: Registry, value: str) -> tuple[NamedTool, ...] | str:
    """As `resolve_tools`, where the declaration itself says that it names an AI, known or not."""
    tools = resolve_tools(registry, value)
    if isinstance(tools, tuple) or "@" in value:
        return tools
    words = value.lower().strip().strip("\"'`.")
    return tools if words in _NO_NAMES else (NamedTool(agent_of(registry, words)),)


def agent_of(registry: Registry, text: str) -> str | None:
    """The agent that a name stands for, known or not; None for a name such as "AI"."""
    parts = [part.strip() for part in re.split(r"[()/\[\],]+", text.lower()) if part.strip()]
    known = next((agent for part in parts if (agent := _known(registry, part))), None)
    return known or (_slug(parts[0]) if parts else None)


def _of_people(registry: Registry, people: Iterable[re.Match[str]]) -> tuple[NamedTool, ...] | str:
    found: list[NamedTool] = []
    reason = "it names nothing"
    for person in people:
        name = re.sub(r"^(?:[,;&\s]|and\b)+", "", person["name"])
        one = _addressed(registry, name, person["email"])
        if isinstance(one, str):
            reason = one
        else:
            found.append(one)
    return tuple(found) or reason


def _addressed(registry: Registry, name: str, email: str) -> NamedTool | str:
    signal = identify(registry, Person(name, email), SignalRole.COAUTHOR).signal
    if signal and signal.kind is SignalClass.AI:
        return NamedTool(signal.agent or agent_of(registry, name))
    known = None if name in registry.people else _known(registry, name)
    # A tool's name of two words beside an address is no person; one word may well be.
    if known and " " in name and name in {tool for tool, _ in registry.tools}:
        return NamedTool(known)
    return f"'{email}' is not an address we know"


def _listed(registry: Registry, text: str) -> tuple[NamedTool, ...]:
    whole = _one(registry, text)
    if whole is not None:
        return (whole,)
    for parts in (_BETWEEN.split(text), re.split(r"(?<! ) ++(?=[a-z][\w.+-]*:\S)", text)):
        found = [one for part in parts if (one := _one(registry, part))]
        if len(parts) > 1 and found:
            # Beside a tool, a name that persons bear too is that of a tool.
            named = (_known(registry, part) for part in parts if part in registry.people)
            return (*found, *(NamedTool(agent) for agent in named if agent))
    return ()


def _one(registry: Registry, text: str) -> NamedTool | None:
    if text in registry.people:
        return None
    if text in _ANY_AI:
        return NamedTool(None)
    known = _known(registry, text)
    if known:
        return NamedTool(known)
    for form in _forms(text):
        groups = form.groupdict()
        model = groups.get("model") or groups.get("said") or ""
        name = groups["agent"].split("/")[0]
        named = _known(registry, name)
        return NamedTool(
            named or _slug(name), named is not None or _FAMILY.search(model) is not None
        )
    return None


def _forms(text: str) -> Iterator[re.Match[str]]:
    used = _TOOLS_USED.fullmatch(text)
    bare = used["agent"] if used else text
    kernel = _KERNEL.fullmatch(bare)
    # "unknown" is what a stamp writes where the agent does not say its model.
    if kernel and (kernel["model"] == "unknown" or _is_model(kernel["model"])):
        yield kernel
    slash = _SLASH.fullmatch(bare)
    if slash:
        yield slash
    mode = _MODE.fullmatch(bare)
    if mode:
        yield mode
    if used:
        yield used


def _is_model(text: str) -> bool:
    return any(map(str.isdigit, text)) or _FAMILY.search(text) is not None


def _slug(name: str) -> str | None:
    words = re.findall(r"[^\W_]+", _FAMILY.split(name)[0])
    slug = "-".join(word for word in words if not word[0].isdigit())
    return None if not slug or slug.replace("-", " ") in _ANY_AI else slug


def _known(registry: Registry, text: str) -> str | None:
    spaced = text.replace("-", " ")
    return _starting(registry, text) or (
        _starting(registry, spaced) if " " not in text and spaced not in registry.people else None
    )


def _starting(registry: Registry, text: str) -> str | None:
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
    joined = _JOINED.match(rest)
    if joined and joined.end() > 0 and _MODEL.fullmatch(rest[joined.end() :]):
        return True
    rest = re.sub(r"(?: {1,9}\[[^\[\]]{0,80}\]){1,9}$", "", rest)
    model = _MODEL.match(rest) if rest.startswith(" ") else None
    for end in (model.end() if model else 0, 0):
        after = rest[end:]
        if not after.strip() or _REMARK.fullmatch(after):
            return True
    return False
