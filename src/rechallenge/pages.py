"""What the pages beside the report share: the environment of their templates, and a figure that stands on a page."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


@dataclass(frozen=True)
class Picture:
    """A figure on the page: its words and its picture as a data address."""

    title: str
    caption: str
    alt: str
    source: str
    width: int
    height: int


def page_environment(templates: Path) -> "Environment":
    """Return the environment of the templates of a folder: everything escaped, and no name that is not there."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(str(templates)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
