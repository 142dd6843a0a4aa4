"""The part of SARIF 2.1.0 that is written here, as types; the names are the standard's."""

from __future__ import annotations

from msgspec import Struct, field

from scanner.render.json.documents import JsonDeviation


class SarifMessage(Struct, frozen=True, omit_defaults=True):
    """Plain text, and the same as Markdown."""

    text: str
    markdown: str | None = None


class ArtifactLocation(Struct, frozen=True, rename="camel", omit_defaults=True):
    """A file, by a URI relative to the root of the repository."""

    uri: str | None = None
    uri_base_id: str | None = None
    description: SarifMessage | None = None


class Region(Struct, frozen=True, rename="camel", omit_defaults=True):
    """Whole lines, both included, or what is between two columns, of which the last is not."""

    start_line: int
    end_line: int
    start_column: int | None = None
    end_column: int | None = None


class PhysicalLocation(Struct, frozen=True, rename="camel", omit_defaults=True):
    """Lines of a file."""

    artifact_location: ArtifactLocation
    region: Region | None = None


class LogicalLocation(Struct, frozen=True, rename="camel", omit_defaults=True):
    """The unit that holds a place."""

    fully_qualified_name: str


class Location(Struct, frozen=True, rename="camel", omit_defaults=True):
    """A place; with an id where a message links to it."""

    id: int | None = None
    physical_location: PhysicalLocation | None = None
    logical_locations: tuple[LogicalLocation, ...] = ()
    message: SarifMessage | None = None


class ThreadFlowLocation(Struct, frozen=True):
    """A step of a code flow."""

    location: Location


class ThreadFlow(Struct, frozen=True):
    """The steps of a code flow."""

    locations: tuple[ThreadFlowLocation, ...]


class CodeFlow(Struct, frozen=True, rename="camel", omit_defaults=True):
    """Places to walk through, one after the other."""

    thread_flows: tuple[ThreadFlow, ...]
    message: SarifMessage | None = None


class SarifReplacement(Struct, frozen=True, rename="camel"):
    """A region that gives way to a text."""

    deleted_region: Region
    inserted_content: SarifMessage


class ArtifactChange(Struct, frozen=True, rename="camel"):
    """What a fix does to a file."""

    artifact_location: ArtifactLocation
    replacements: tuple[SarifReplacement, ...]


class SarifFix(Struct, frozen=True, rename="camel"):
    """What would mend a result."""

    description: SarifMessage
    artifact_changes: tuple[ArtifactChange, ...]


class ResultProperties(Struct, frozen=True):
    """What SARIF has no name for."""

    dimension: str
    points: float


class Result(Struct, frozen=True, rename="camel", omit_defaults=True):
    """One finding."""

    rule_id: str
    rule_index: int = field(default=-1)
    level: str = field(default="")
    rank: float = field(default=-1.0)
    message: SarifMessage = field(default=SarifMessage(""))
    locations: tuple[Location, ...] = ()
    related_locations: tuple[Location, ...] = ()
    code_flows: tuple[CodeFlow, ...] = ()
    fixes: tuple[SarifFix, ...] = ()
    partial_fingerprints: dict[str, str] = field(default_factory=dict)
    properties: ResultProperties | None = None


class ReportingConfiguration(Struct, frozen=True):
    """The level that a rule's findings have unless they say otherwise."""

    level: str


class RuleProperties(Struct, frozen=True, omit_defaults=True):
    """What GitHub reads of a rule beyond the standard."""

    tags: tuple[str, ...]
    security_severity: str | None = field(default=None, name="security-severity")


class ReportingDescriptor(Struct, frozen=True, rename="camel", omit_defaults=True):
    """A rule, or a kind of notification."""

    id: str
    short_description: SarifMessage | None = None
    full_description: SarifMessage | None = None
    help: SarifMessage | None = None
    default_configuration: ReportingConfiguration | None = None
    properties: RuleProperties | None = None


class DescriptorReference(Struct, frozen=True):
    """Which kind of notification."""

    id: str
    index: int


class Notification(Struct, frozen=True, rename="camel", omit_defaults=True):
    """Something the run has to say of itself."""

    descriptor: DescriptorReference
    message: SarifMessage
    level: str | None = None
    locations: tuple[Location, ...] = ()


class Invocation(Struct, frozen=True, rename="camel", omit_defaults=True):
    """How the run ended."""

    execution_successful: bool
    exit_code: int | None = None
    exit_code_description: str | None = None
    tool_execution_notifications: tuple[Notification, ...] = ()


class ToolComponent(Struct, frozen=True, rename="camel"):
    """The program."""

    name: str
    version: str
    semantic_version: str
    rules: tuple[ReportingDescriptor, ...]
    notifications: tuple[ReportingDescriptor, ...]


class SarifTool(Struct, frozen=True):
    """The program."""

    driver: ToolComponent


class AutomationDetails(Struct, frozen=True):
    """What sets these results apart from those of other tools."""

    id: str


class RunProperties(Struct, frozen=True, rename="camel"):
    """What was compared, and the scores; null for what was not measured."""

    base: str | None
    head: str | None
    verdict: str
    scores: dict[str, float | None]
    deviation: JsonDeviation
    left_out: dict[str, int]


class Run(Struct, frozen=True, rename="camel"):
    """One review."""

    tool: SarifTool
    automation_details: AutomationDetails
    column_kind: str
    original_uri_base_ids: dict[str, ArtifactLocation]
    invocations: tuple[Invocation, ...]
    results: tuple[Result, ...]
    properties: RunProperties


class Log(Struct, frozen=True):
    """The file."""

    schema: str = field(name="$schema")
    version: str
    runs: tuple[Run, ...]
