"""What git is told and what it gets to see of its surroundings: the same on every machine."""

from __future__ import annotations

import os


def _options(*settings: str) -> tuple[str, ...]:
    return tuple(part for setting in settings for part in ("-c", setting))


#: What git is told whatever the user's or the repository's configuration says.
SETTINGS = _options(
    # A file system monitor is a program that the repository's own configuration names.
    "core.fsmonitor=false",
    # No command used here runs a hook; should a later git run one, it finds none.
    f"core.hooksPath={os.devnull}",
    # Above this size git compares no lines; fixed so that results do not depend on memory settings.
    "core.bigFileThreshold=512m",
    # Naming a bare repository is explicit enough, and nothing that it configures is run.
    "safe.bareRepository=all",
    # The configuration overrules GIT_NO_REPLACE_OBJECTS (see `_FIXED_ENVIRONMENT`).
    "core.useReplaceRefs=false",
    # Names and messages come as UTF-8, not as somebody's terminal wants them.
    "i18n.logOutputEncoding=UTF-8",
    # A partial clone must not fetch (see also `_FIXED_ENVIRONMENT`): no transport is allowed.
    "protocol.allow=never",
)

_FIXED_ENVIRONMENT = {
    # Messages are shown to the user and, in few places, recognised.
    "LC_ALL": "C",
    # `index.lock` is taken to write back a refreshed index; reading must leave no trace.
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    # Objects that a partial clone lacks are reported as missing, not fetched. Older gits do not
    # know the first variable; the second refuses every transport, so they fail instead of fetching.
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    # Replace refs and grafts are local to one clone: with them the same object id would have
    # another content or other parents here than elsewhere, and facts are stored by object id.
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    # `trace2.*` of the system configuration may name files to write; the variables overrule it.
    "GIT_TRACE2": "0",
    "GIT_TRACE2_EVENT": "0",
    "GIT_TRACE2_PERF": "0",
    "GIT_ATTR_NOSYSTEM": "1",
}

#: What git needs of the surroundings: where programs, temporary files and the user's configuration
#: are. The latter only because `safe.directory` is believed from nowhere else; SUDO_UID likewise.
_KEPT = (
    "PATH", "HOME", "XDG_CONFIG_HOME", "SUDO_UID", "LD_LIBRARY_PATH", "TMPDIR", "TEMP", "TMP",
    "SYSTEMROOT", "USERPROFILE", "HOMEDRIVE", "HOMEPATH",
    "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM",
)  # fmt: skip


def base_environment() -> dict[str, str]:
    """The environment of every git."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in _KEPT or name.startswith("GIT_CONFIG_")
    }
    return kept | _FIXED_ENVIRONMENT
