"""File versions and small packs for the tests of the rules stage."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from scanner.base.model import FileMode, FileVersion, Problem
from scanner.rulepacks.hits import FileHits
from scanner.rulepacks.packs import Pack, RuleSet, make_rule_set

REQUESTS = """\
rules:
  - id: get-call
    languages: [python]
    severity: WARNING
    message: >-
      This fetches. Do not.
    metadata:
      category: edge-case
      cwe: [CWE-1088]
    pattern: requests.get(...)
"""

IN_APP = """\
rules:
  - id: app-only
    languages: [python]
    severity: INFO
    message: Only here.
    pattern: requests.get(...)
    paths:
      include: [/app]
"""


def rule_set(*texts: str) -> RuleSet:
    return make_rule_set(Pack(f"team/{n}.yaml", text) for n, text in enumerate(texts))


@dataclass
class Sources:
    """Versions with their contents; `read` answers as a blob reader does and keeps count."""

    contents: dict[str, bytes | Problem] = field(default_factory=dict)
    read_blobs: list[str] = field(default_factory=list)

    def add(self, path: str, content: str | bytes | Problem) -> FileVersion:
        data = content.encode() if isinstance(content, str) else content
        text = data if isinstance(data, bytes) else repr(data).encode()
        blob = hashlib.sha1(text, usedforsecurity=False).hexdigest()
        self.contents[blob] = data
        return FileVersion(path, FileMode.REGULAR, blob)

    def read(self, blobs: Iterable[str]) -> Iterator[tuple[str, bytes | Problem]]:
        for blob in blobs:
            self.read_blobs.append(blob)
            yield blob, self.contents[blob]


@dataclass
class MemoryCache:
    """A hit cache in memory."""

    stored: dict[tuple[str, str], FileHits] = field(default_factory=dict)

    def get_many(self, ruleset: str, keys: Iterable[str]) -> Mapping[str, FileHits]:
        return {key: self.stored[ruleset, key] for key in keys if (ruleset, key) in self.stored}

    def put_many(self, ruleset: str, hits: Mapping[str, FileHits]) -> None:
        self.stored.update({(ruleset, key): found for key, found in hits.items()})
