"""The files that say what a tree depends on: which they are, and the distributions that each names.

Read generously: what is taken for a dependency and is none makes one import go unsaid, what is
overlooked would accuse somebody of nothing.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from scanner.analysis.parsing.syntax import parse
from scanner.base.ini_text import read_ini
from scanner.base.toml_text import read_toml
from scanner.dependencies.names import normalised, required_name


@dataclass(frozen=True, slots=True)
class Declared:
    """What one file declares: normalised names of distributions.

    `own` are names that the code of the tree itself is installed by, `includes` the paths, from the
    file's folder, of requirement files that it reads. `computed` says what of it only running it
    could tell. `is_home` tells a file that dependencies are declared in from a lock or a script.
    """

    names: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    includes: tuple[str, ...] = ()
    computed: str | None = None
    is_home: bool = False


Reader = Callable[[str], Declared]

#: A file of more bytes is no list of dependencies that anybody keeps by hand, but a lock may be.
MAX_BYTES = 8_000_000

#: Folders that hold requirement files for what is beside them.
REQUIREMENT_FOLDERS = frozenset({"requirements", "requirement", "reqs", "deps", "dependencies"})
_LOCKED = re.compile(r"""^[ \t]*name[ \t]*=[ \t]*["']([^"'\n]+)["']""", re.MULTILINE)
_ITEM = re.compile(
    r"""^[ \t]*-[ \t]*["']?(?:[\w-]+::)?([A-Za-z0-9][A-Za-z0-9._-]*)""", re.MULTILINE
)
_INSTALLS = re.compile(
    r"\b(?:pip[0-9.]*|pipx|uvx?|conda|mamba|micromamba|poetry|pdm|rye|hatch|easy_install"
    r"|apt|apt-get|dnf|yum|apk|brew)\b(?P<rest>.*\b(?:install|add|run|tool|with|uvx)\b.*)"
    r"|\buvx(?P<tools>.*)|additional_dependencies:(?P<listed>.*)"
)
#: A longer line is no command that somebody wrote.
_LONGEST = 2000
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]+")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:\[[^\]]*\])?\s*(?:[~<>=!;@].*)?")


def reader_for(path: str) -> Reader | None:
    """How a file of this path is read, if it is one that says what is depended on."""
    pure = PurePosixPath(path)
    name = pure.name.lower()
    if name in _BY_NAME:
        return _BY_NAME[name]
    if _is_requirements(pure, name):
        return read_requirements
    if re.fullmatch(r"pylock(\..+)?\.toml", name):
        return _read_lock
    if name.endswith((".yml", ".yaml")):
        if "environment" in name or "conda" in name or name.startswith("env"):
            return _read_environment
        return _read_script if _runs_commands(pure) else None
    is_script = name.endswith((".sh", ".bash", ".dockerfile", ".mk", ".nix"))
    is_docker = name.startswith(("dockerfile", "containerfile", "makefile", "justfile"))
    return _read_script if is_script or is_docker else None


def _is_requirements(pure: PurePosixPath, name: str) -> bool:
    if not name.endswith((".txt", ".in", ".lock", ".pip")):
        return False
    said = ("requirement", "constraint", "reqs", "dependencies")
    in_folder = len(pure.parts) > 1 and pure.parts[-2].lower() in REQUIREMENT_FOLDERS
    return any(word in name for word in said) or in_folder


def _runs_commands(pure: PurePosixPath) -> bool:
    name = pure.name.lower()
    known = name.startswith(("action.", "azure-pipelines", ".gitlab-ci", "docker-compose", "tox"))
    return known or ".github" in pure.parts or ".circleci" in pure.parts


# --------------------------------------------------------------------------- requirement files


def read_requirements(text: str) -> Declared:
    """A requirements or constraints file as pip reads it."""
    names, includes = set[str](), list[str]()
    for written in text.replace("\\\n", " ").splitlines():
        line = _COMMENT.split(written, maxsplit=1)[0].strip()
        option = _INCLUDE.match(line)
        requirement = _EDITABLE.sub("", line)
        if option:
            includes.append(option[1])
        elif requirement and not requirement.startswith("-"):
            names |= _named([requirement])
    return Declared(frozenset(names), includes=tuple(includes), is_home=True)


_COMMENT = re.compile(r"(?:^|\s)#(?!egg=)")
_INCLUDE = re.compile(r"(?:-r|-c|--requirement|--constraint)[ =]*+(\S+)")
_EDITABLE = re.compile(r"^(?:-e|--editable)[ =]*")


def _named(requirements: Iterable[object]) -> frozenset[str]:
    """The distributions that requirements ask for, and their extras, which bring their own."""
    texts = [one for one in requirements if isinstance(one, str)]
    names = {name for name in map(required_name, texts) if name}
    listed = (match[1] for text in texts for match in _EXTRAS.finditer(text))
    return frozenset(names.union(normalised(one) for extras in listed for one in extras.split(",")))


# --------------------------------------------------------------------------- TOML


def _read_pyproject(text: str) -> Declared:
    document = read_toml(text)
    project, tools = _table(document, "project"), _table(document, "tool")
    poetry = _table(tools, "poetry")
    hooks = _table(_table(_table(tools, "hatch"), "metadata"), "hooks")
    own = [project.get("name"), poetry.get("name"), _table(tools, "maturin").get("module-name")]
    files = [
        *_texts_in(
            _table(_table(_table(tools, "setuptools"), "dynamic"), "dependencies").get("file")
        ),
        *_texts_in(_table(hooks, "requirements_txt").get("files")),
    ]
    is_home = bool(project or poetry or "dependency-groups" in document or "pdm" in tools)
    is_dynamic = "dependencies" in _texts_in(project.get("dynamic"))
    is_told = files or poetry or any(_dependencies(hooks, inside=False))
    return Declared(
        _named(_dependencies(document, inside=False)),
        _named(one.split(".")[0] for one in own if isinstance(one, str)),
        tuple(files),
        "its dependencies are computed when it is built" if is_dynamic and not is_told else None,
        is_home,
    )


def _texts_in(value: object) -> list[str]:
    """The texts of what may be one or a list of them."""
    values = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return [one for one in values if isinstance(one, str)]


def _dependencies(node: object, *, inside: bool) -> Iterator[object]:
    """All texts and keys below a key that speaks of dependencies, whichever tool it is for."""
    if isinstance(node, dict):
        for key, value in node.items():
            if inside:
                yield key
            yield from _dependencies(value, inside=inside or _speaks_of_dependencies(key))
    elif isinstance(node, list):
        for one in node:
            yield from _dependencies(one, inside=inside)
    elif inside:
        yield node


def _speaks_of_dependencies(key: str) -> bool:
    key = key.lower()
    return "dependenc" in key or (key.startswith("require") and "python" not in key)


def _read_pipfile(text: str) -> Declared:
    tables = read_toml(text)
    aside = {"source", "requires", "scripts", "pipenv"}
    names = (key for name in tables.keys() - aside for key in _table(tables, name))
    return Declared(_named(names), is_home=True)


def _read_lock(text: str) -> Declared:
    """A lock of uv, Poetry, PDM or pylock: only its names are looked for, for it can be large."""
    return Declared(_named(_LOCKED.findall(text)))


def _read_pipfile_lock(text: str) -> Declared:
    document = json.loads(text)
    groups = document.values() if isinstance(document, dict) else ()
    return Declared(_named(name for group in groups if isinstance(group, dict) for name in group))


def _table(parent: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = parent.get(name)
    return found if isinstance(found, dict) else {}


# --------------------------------------------------------------------------- INI


def _read_setup_cfg(text: str) -> Declared:
    sections = read_ini(text)
    names, includes = set[str](), list[str]()
    for section, options in sections.items():
        for key, value in options.items():
            is_extra = section.startswith("options.extras_require")
            if not value or not (is_extra or _speaks_of_dependencies(key.replace("_", "-"))
                                 or key.endswith(("_require", "_requires"))):  # fmt: skip
                continue
            if value.strip().startswith("file:"):
                includes += [one.strip() for one in value.strip()[5:].split(",")]
            else:
                names |= _named(re.split(r"[\n]|;(?=\s*\w+\s*$)", value))
    own = sections.get("metadata", {}).get("name")
    is_home = "metadata" in sections or "options" in sections
    return Declared(frozenset(names), _named([own]), tuple(includes), None, is_home)


def _read_tox(text: str) -> Declared:
    values = (options.get(key) or "" for options in read_ini(text).values() for key in _TOX_KEYS)
    lines = [line for value in values for line in value.splitlines()]
    conditions = re.compile(r"^\s*[\w{},!.-]+\s*:(?!//)\s*")
    found = read_requirements("\n".join(conditions.sub("", line) for line in lines))
    return Declared(found.names, includes=found.includes)


_TOX_KEYS = ("deps", "commands", "commands_pre", "requires", "extras")


# --------------------------------------------------------------------------- Python

_KEYWORDS = ("install_requires", "extras_require", "tests_require", "setup_requires")


def _read_setup_py(text: str) -> Declared:
    """What `setup()` is given, as far as it stands there; nothing is run."""
    tree = parse(text)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    setups = [call for call in calls if _called(call) == "setup"]
    given = [keyword for call in setups for keyword in call.keywords]
    required = list(_required(given, dict(_assigned(tree))))
    files = tuple(one for one in _texts(tree) if one.endswith((".txt", ".in")))
    return Declared(
        _named(required),
        _named(str(one.value).split(".")[0] for one in _own_names(given, calls)),
        files,
        "what it requires is computed when it runs" if None in required and not files else None,
        is_home=bool(setups),
    )


def _required(given: Iterable[ast.keyword], known: Mapping[str, ast.expr]) -> Iterator[str | None]:
    """The texts of what `setup()` is given as requirements, `**options` among them."""
    for keyword in given:
        if keyword.arg in _KEYWORDS or keyword.arg is None:
            yield from _literals(keyword.value, known)


def _own_names(given: Iterable[ast.keyword], calls: Iterable[ast.Call]) -> Iterator[ast.Constant]:
    """The names that stand there of the distribution and of the extensions that it builds."""
    own = [keyword.value for keyword in given if keyword.arg == "name"]
    own += [call.args[0] for call in calls if _called(call).endswith("Extension") and call.args]
    return (one for one in own if isinstance(one, ast.Constant))


def _assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """The names that are given a value, with it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            names = (target.id for target in node.targets if isinstance(target, ast.Name))
            yield from ((name, node.value) for name in names)


def _literals(
    node: ast.expr, known: Mapping[str, ast.expr], depth: int = 0
) -> Iterator[str | None]:
    """The texts of an expression; None for what is not written there."""
    if isinstance(node, ast.Constant):
        yield str(node.value)
        return
    parts = _parts(node, known) if depth <= _DEEPEST else None
    if parts is None:
        yield None
    for part in parts or ():
        yield from _literals(part, known, depth + 1)


#: A name may be assigned to itself.
_DEEPEST = 8


def _parts(node: ast.expr, known: Mapping[str, ast.expr]) -> list[ast.expr] | None:
    """What an expression is put together of, all of it written there; None for any other."""
    match node:
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            return parts
        case ast.Dict(values=parts):
            return parts
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return [left, right]
        case ast.Starred(value=value):
            return [value]
        case ast.Name(id=name) if name in known:
            return [known[name]]
    return None


def _texts(tree: ast.AST) -> Iterator[str]:
    constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return (value for value in constants if isinstance(value, str))


def _called(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _read_noxfile(text: str) -> Declared:
    """Sessions install what they name; a text that could be a requirement is taken for one."""
    return Declared(_named(one for one in _texts(parse(text)) if _NAME.fullmatch(one)))


# --------------------------------------------------------------------------- what installs by hand


def _read_environment(text: str) -> Declared:
    """A conda environment: every item of a list, whether conda's or pip's."""
    names = {normalised(name) for name in _ITEM.findall(text)}
    return Declared(frozenset(names), is_home=True)


def _read_script(text: str) -> Declared:
    """The words of each command that installs something."""
    names: set[str] = set()
    for line in text.replace("\\\n", " ").splitlines():
        match = _INSTALLS.search(line[:_LONGEST])
        if match:
            names.update(map(normalised, _WORD.findall(next(filter(None, match.groups()), ""))))
    return Declared(frozenset(names))


def _read_hooks(text: str) -> Declared:
    script = _read_script(text)
    return Declared(script.names | _read_environment(text).names)


_EXTRAS = re.compile(r"\w\[([\w, .-]+)\]")
_SCRIPT_BLOCK = re.compile(
    r"^# /// script\s*$\n(?P<content>(?:^#(?:| .*)$\n)+?)^# ///\s*$", re.MULTILINE
)


def script_block(text: str) -> Declared | None:
    """What the inline metadata of a script (PEP 723) declares; None if it has none.

    Raises ValueError for a block that is no TOML.
    """
    match = _SCRIPT_BLOCK.search(text)
    if match is None:
        return None
    lines = (line[2:] if line.startswith("# ") else "" for line in match["content"].splitlines())
    document = read_toml("\n".join(lines))
    return Declared(_named(_dependencies(document, inside=False)), is_home=True)


_BY_NAME: Mapping[str, Reader] = {
    "pyproject.toml": _read_pyproject,
    "pixi.toml": _read_pyproject,
    "hatch.toml": _read_pyproject,
    "setup.cfg": _read_setup_cfg,
    "setup.py": _read_setup_py,
    "pipfile": _read_pipfile,
    "tox.ini": _read_tox,
    "noxfile.py": _read_noxfile,
    "uv.lock": _read_lock,
    "poetry.lock": _read_lock,
    "pdm.lock": _read_lock,
    "pixi.lock": _read_script,
    "pipfile.lock": _read_pipfile_lock,
    ".pre-commit-config.yaml": _read_hooks,
    "meta.yaml": _read_environment,
    ".readthedocs.yaml": _read_script,
    ".readthedocs.yml": _read_script,
}
