"""A page → one HTML file: templates, the style and the script by hash, and nothing from outside."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from scanner.render.html.code import stylesheet
from scanner.render.html.page import Page
from scanner.render.paths import unicode_text

_TICKED = re.compile(r"`([^`]+)`")
_JOINTS = re.compile(r"(?<=\w)([/_.]+)(?=\w)")
_FOLDER = Path(__file__).parent.parent / "templates"


def to_html(page: Page) -> str:
    """The file as text; what is not Unicode is spelt out."""
    return filled("report.html.j2", page, more_style=stylesheet())


def filled(template: str, page: object, *assets: str, more_style: str = "") -> str:
    """A page in its template, with the style and the script that all pages share, and further
    style from `assets` of the folder of templates.
    """
    style = "".join(map(_asset, ("report.css", *assets))) + more_style
    script = _asset("report.js")
    text = (
        _environment()
        .get_template(template)
        .render(
            page=page, style=style, script=script, policy=content_security_policy(style, script)
        )
    )
    return unicode_text(text)


def content_security_policy(style: str, script: str) -> str:
    """Nothing may be loaded, sent or framed; only this very style and this very script count."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _asset(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def ticked(text: str) -> Markup:
    """Prose in which what stands between backquotes is code."""
    return Markup(_TICKED.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704  escaped first


def breakable(text: str) -> Markup:
    """A path or a name that may be broken after a slash, a dot or an underscore."""
    return Markup(_JOINTS.sub(r"\1<wbr>", str(escape(text))))  # noqa: S704  escaped first


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"ticked": ticked, "breakable": breakable}
    return environment
