"""A template filled in: one page as text, with the style sheet inside it and every message in the page's language."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from typing import Any

from markupsafe import Markup

from egide.i18n import translator

__all__ = ["fill"]


def fill(template: str, lang: str, page: Mapping[str, Any]) -> str:
    """`template` of the folder of templates, with what it shows as `page`. A name that is missing there is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(loader=PackageLoader("egide.report"), autoescape=True, undefined=StrictUndefined)
    environment.globals["_"] = translator(lang)
    style = resources.files("egide.report").joinpath("templates", "style.css").read_text(encoding="utf-8")
    made = environment.get_template(f"{template}.html.j2")
    return made.render(lang=lang, style=Markup(style), page=page)  # noqa: S704 - ours
