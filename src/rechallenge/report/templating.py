"""Jinja2 as the report uses it: autoescape, StrictUndefined, numbers by name, and mistakes as sentences."""

import re
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from markupsafe import Markup, escape

from rechallenge.errors import UserError
from rechallenge.formatting import p_words
from rechallenge.language import tr
from rechallenge.report.numbers import Numbers
from rechallenge.report.sentences import UnknownNumberError, fill, look_up

_MARKDOWN: Final = re.compile(r"([\\`*\[\]|{}])|(<(?=[A-Za-z/!?]))|^(#+ |[-+] |\d+\. )", re.MULTILINE)


def html_environment(templates: Path, numbers: Numbers, used: set[str] | None = None) -> Environment:
    """Return the environment of the pages: `n(name)` prints a number with its name, `say(pattern)` a pattern.

    `used` collects the names of the numbers that are printed.
    """
    return _environment(templates, numbers, set() if used is None else used, html=True)


def markdown_environment(templates: Path, numbers: Numbers, used: set[str] | None = None) -> Environment:
    """Return the environment of the manuscript: the same functions, plain text, outside words escaped by `| md`."""
    return _environment(templates, numbers, set() if used is None else used, html=False)


def _environment(templates: Path, numbers: Numbers, used: set[str], *, html: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(str(templates)),
        autoescape=html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )

    def mark(name: str, entry: dict[str, object]) -> str:
        used.add(name)
        if not html:
            return str(entry["text"])
        return Markup('<span class="n" data-number="{}">{}</span>').format(name, entry["text"])

    def words(text: str) -> str:
        return str(escape(text)) if html else text

    def say(pattern: str) -> str:
        text = fill(pattern, numbers, lambda name, entry: str(mark(name, entry)), words)
        return Markup(text) if html else text

    def known(*names: str) -> bool:
        return all(name in numbers for name in names)

    def raw(name: str) -> Any:
        return look_up(name, numbers)["raw"]

    def p(name: str) -> str:
        entry = look_up(name, numbers)
        return mark(name, {**entry, "text": p_words(str(entry["text"]))})

    environment.globals.update(known=known, p=p, raw=raw, say=say, tr=tr)
    environment.globals["n"] = lambda name: mark(name, look_up(name, numbers))
    # Whoever wants the tables of a page keeps the list.
    environment.globals["collect"] = list[object]().append
    environment.filters["md"] = markdown_text
    return environment


def markdown_text(text: object) -> str:
    """Return words from outside as Markdown that shows them as they are, on one line."""
    line = " ".join(str(text).split())
    return _MARKDOWN.sub(lambda found: "\\" + found.group(0), line)


def render(environment: Environment, template: str, **context: Any) -> str:
    """Return a rendered template.

    Raises UserError naming template and line where it asks for a number or a value that does not exist, or
    cannot be read as a template.
    """
    try:
        return environment.get_template(template).render(**context)
    except TemplateSyntaxError as error:
        raise UserError(f"{error.name or template}, line {error.lineno}: {error.message}.") from None
    except (UnknownNumberError, TemplateError) as error:
        name, line = _where(error, template)
        raise UserError(f"{name}, line {line}: {str(error).rstrip('.')}. The report was not written.") from None


def _where(error: BaseException, template: str) -> tuple[str, int]:
    """The innermost template and line of a traceback (Jinja2 names its frames after the template's file)."""
    found = (template, 0)
    frame = error.__traceback__
    while frame is not None:
        name = frame.tb_frame.f_code.co_filename
        if name.endswith(".j2"):
            found = (Path(name).name, frame.tb_lineno)
        frame = frame.tb_next
    return found
