"""git-ai's authorship notes (`refs/notes/ai`) → line attestations.

Layout: attestations, a line that is exactly `---` (the first one divides), JSON. Source: git-ai
`specs/git_ai_standard_v3.0.0.md`. Of later versions the attestations are read alike, and the
JSON as far as it has the same shape.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

import msgspec

from scanner.attribution.notes import list_notes, read_notes, spans_of
from scanner.base.model import Claim, Label, Level, LineAttestation, Problem, Span, Stage
from scanner.git.process import Repository

#: The registry entry that these claims carry.
RULE = "git-ai.note"

#: Early notes name the two kinds of lines themselves. `human` was then everything that no agent was
#: seen to write, which is no attestation of a person (`h_…` is): such lines stay unknown.
_UNATTESTED = "human"

_AGENTS = {
    "claude-code": "claude",
    "claude-web": "claude",
    "cursor-agent": "cursor",
    "cursor-cli": "cursor",
    "github-copilot": "copilot",
    "github-copilot-agent": "copilot",
    "github-copilot-cli": "copilot",
    "codex-cloud": "codex",
    "gemini-cli": "gemini",
    "droid": "factory",
    "roo-background": "roo",
    "continue-cli": "continue",
}

_VERSION = re.compile(rb'"schema_version"\s*:\s*"authorship/(\d{1,9})')


class _AgentId(msgspec.Struct):
    tool: str = ""
    model: str = ""


class _Session(msgspec.Struct):
    agent_id: _AgentId = msgspec.field(default_factory=_AgentId)


class _Metadata(msgspec.Struct):
    """Only what is used: transcripts of megabytes are skipped without being kept."""

    schema_version: str = ""
    prompts: dict[str, _Session] = {}
    sessions: dict[str, _Session] = {}


_DECODER = msgspec.json.Decoder(_Metadata)


@dataclass(frozen=True, slots=True)
class GitAiNote:
    """One note, read. A note without lines is common and says nothing, neither AI nor human."""

    lines: tuple[LineAttestation, ...]
    problems: tuple[str, ...] = ()

    @property
    def claim(self) -> Claim | None:
        """The claim of the note's lines, or None if it attests none."""
        if not self.lines:
            return None
        kinds = {line.label for line in self.lines}
        label = kinds.pop() if len(kinds) == 1 else Label.MIXED
        text = f"{sum(len(line.span) for line in self.lines)} lines attested"
        return Claim(Level.LINE_ATTESTATION, RULE, "refs/notes/ai", text, label, lines=self.lines)


def read_git_ai(
    repo: Repository, ref: str, wanted: Container[str] | None = None
) -> Iterator[tuple[str, GitAiNote | Problem]]:
    """The annotated commit and its note, one at a time."""
    for oid, content in read_notes(repo, list_notes(repo, ref), wanted):
        yield oid, content if isinstance(content, Problem) else parse_note(content)


def parse_note(content: bytes) -> GitAiNote:
    """Reads one note. What cannot be read is named in `problems`; the rest counts."""
    head, rest = _divide(content)
    if rest is None:
        return GitAiNote((), ("the note has no line '---'",) if content.strip() else ())
    metadata, problem = _metadata(rest)
    problems = [problem] if problem else []
    lines: list[LineAttestation] = []
    path: str | None = None
    for line in head.decode("utf-8", "surrogateescape").split("\n"):
        if not line.strip():
            continue
        if not line.startswith("  "):
            path = _path(line)
            continue
        entry = _entry(path, line, metadata)
        if isinstance(entry, str):
            problems.append(entry)
        else:
            lines += entry
    return GitAiNote(tuple(lines), tuple(problems))


def agent_name(tool: str) -> str | None:
    """The registry name of the agent that git-ai calls `tool`."""
    lowered = tool.strip().lower()
    return _AGENTS.get(lowered, lowered) or None


def _divide(content: bytes) -> tuple[bytes, bytes | None]:
    if content.startswith(b"---\n"):
        return b"", content[4:]
    head, divider, rest = content.partition(b"\n---\n")
    if divider:
        return head, rest
    return (content[:-4], b"") if content.endswith(b"\n---") else (head, None)


def _metadata(rest: bytes) -> tuple[Mapping[str, str | None], str | None]:
    """Agents by key, and the problem if the JSON could not be read."""
    try:
        found = _DECODER.decode(rest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        version = _VERSION.search(rest[:4096])
        if version and int(version[1]) > 3:
            return {}, None
        return {}, f"the note's JSON cannot be read: {error}"
    agents = {**found.prompts, **found.sessions}
    return {key: agent_name(session.agent_id.tool) for key, session in agents.items()}, None


def _path(line: str) -> str:
    text = line.rstrip("\r")
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def _entry(
    path: str | None, line: str, agents: Mapping[str, str | None]
) -> list[LineAttestation] | str:
    key, _, ranges = line.strip().partition(" ")
    spans = spans_of(ranges)
    if path is None or spans is None:
        return f"not an attestation: '{line.strip()[:60]}'"
    if key == _UNATTESTED:
        return []
    label = Label.HUMAN if key.startswith("h_") else Label.AI
    agent = None if label is Label.HUMAN else _agent(key, agents)
    return [LineAttestation(path, Span(first, last), label, agent) for first, last in spans]


def _agent(key: str, agents: Mapping[str, str | None]) -> str | None:
    """The agent of a key; one without a session is an attestation all the same."""
    return agents.get(key.partition("::")[0])


def problems_of(oid: str, note: GitAiNote) -> Iterator[Problem]:
    """The note's problems, one Problem a note: hundreds of bad lines have one cause."""
    if note.problems:
        more = f" (and {len(note.problems) - 1} more)" if len(note.problems) > 1 else ""
        yield Problem(Stage.ATTRIBUTE, None, f"git-ai note: {note.problems[0]}{more}", oid)
