"""Addresses of commits and lines on the forge that a remote names. Pure.

Only forges whose addresses are known get links; for any other host there are none, because a link
that may lead nowhere is worse than none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote


class Style(Enum):
    """How a kind of forge writes addresses: of a commit, of a file at one, and of its lines."""

    GITHUB = ("/commit/{oid}", "/blob/{oid}/{path}", "#L{first}-L{last}")
    GITLAB = ("/-/commit/{oid}", "/-/blob/{oid}/{path}", "#L{first}-{last}")
    BITBUCKET = ("/commits/{oid}", "/src/{oid}/{path}", "#lines-{first}:{last}")
    GITEA = ("/commit/{oid}", "/src/commit/{oid}/{path}", "#L{first}-L{last}")


@dataclass(frozen=True, slots=True)
class ForgeLinks:
    """A repository on a forge: `name` is its owner's name and its own, `base` its address."""

    name: str
    base: str
    style: Style

    def commit(self, oid: str) -> str:
        """The address of a commit."""
        return self.base + self.style.value[0].format(oid=oid)

    def lines(self, oid: str, path: str, first: int, last: int) -> str:
        """The address of lines of a file at a commit."""
        _, file, span = self.style.value
        quoted = quote(path.encode("utf-8", "surrogateescape"))
        return self.base + file.format(oid=oid, path=quoted) + span.format(first=first, last=last)


#: Hosts by what they are called: the name itself, or a word in front of a company's own domain.
_HOSTS = (
    (re.compile(r"github\.com|github\..+"), Style.GITHUB),
    (re.compile(r"gitlab\.com|gitlab\..+"), Style.GITLAB),
    (re.compile(r"bitbucket\.org"), Style.BITBUCKET),
    (re.compile(r"codeberg\.org|gitea\.com|(?:gitea|forgejo|codeberg)\..+"), Style.GITEA),
)
#: `https://[user[:password]@]host[:port]/path`, and the same over ssh or git.
_URL = re.compile(
    r"(?P<scheme>https?|ssh|git)://(?:[^/@]*@)?(?P<host>[\w.-]+)(?::\d+)?/(?P<path>.+)", re.ASCII
)
#: `[user@]host:path`, as scp writes it; a path with two slashes after the colon is a URL.
_SCP = re.compile(r"(?:[^/@:]+@)?(?P<host>[\w.-]+):(?!//)(?P<path>.+)", re.ASCII)
_NAME = re.compile(r"[\w.~-]+(?:/[\w.~-]+)+", re.ASCII)


def forge_of(address: str | None) -> ForgeLinks | None:
    """The forge of a remote's address; None where it names none that is known.

    User names, passwords and ports are dropped: links go to the web pages, which need none.
    """
    found = (_URL.fullmatch(address) or _SCP.fullmatch(address)) if address else None
    if not found:
        return None
    host = found["host"].lower()
    name = found["path"].strip("/").removesuffix(".git")
    style = next((style for pattern, style in _HOSTS if pattern.fullmatch(host)), None)
    if style is None or not _NAME.fullmatch(name) or ".." in name:
        return None
    if style is not Style.GITLAB and name.count("/") != 1:
        return None
    return ForgeLinks(name, f"https://{host}/{name}", style)
