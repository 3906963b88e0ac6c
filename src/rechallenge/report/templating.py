"""Jinja2 as the report uses it: autoescape, StrictUndefined, numbers by name, and mistakes as sentences.

A study may have templates of its own: a folder whose templates extend ours ("rechallenge/manuscript.md.j2") and
override blocks of them.
"""

import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
)
from jinja2.nodes import Block
from markupsafe import Markup, escape

from rechallenge.errors import UserError, nearest
from rechallenge.formatting import p_words
from rechallenge.language import language, tr
from rechallenge.report.claims import UnfoundedClaimError, check
from rechallenge.report.numbers import Numbers
from rechallenge.report.sentences import UnknownNumberError, fill, look_up, resolved

# What a study's own templates put before the name of ours.
OURS: Final = "rechallenge"
_PART: Final = re.compile(r"\{(\w+)\}")
_MARKDOWN: Final = re.compile(r"([\\`*\[\]|{}])|(<(?=[A-Za-z/!?]))|^(#+ |[-+] |\d+\. )", re.MULTILINE)


def html_environment(templates: Path, numbers: Numbers, used: set[str] | None = None) -> Environment:
    """Return the environment of the pages: `n(name)` prints a number with its name, `say(pattern)` a pattern.

    `used` collects the names of the numbers that are printed.
    """
    return _environment(FileSystemLoader(str(templates)), numbers, set() if used is None else used, html=True)


def markdown_environment(
    templates: Path, numbers: Numbers, used: set[str] | None = None, own: Path | None = None
) -> Environment:
    """Return the environment of the manuscript: the same functions, plain text, outside words escaped by `| md`.

    `own` is the study's folder of templates, whose files go before ours.
    """
    loader: BaseLoader = FileSystemLoader(str(templates))
    if own is not None:
        loader = ChoiceLoader([FileSystemLoader(str(own)), PrefixLoader({OURS: loader}), loader])
    return _environment(loader, numbers, set() if used is None else used, html=False)


def _environment(loader: BaseLoader, numbers: Numbers, used: set[str], *, html: bool) -> Environment:
    environment = Environment(
        loader=loader,
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
        return Markup('<span class="n" data-number="{}">{}</span>').format(
            name, in_present_language(str(entry["text"]))
        )

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
        return mark(resolved(name, numbers), {**entry, "text": p_words(str(entry["text"]))})

    environment.globals.update(known=known, p=p, raw=raw, say=say, tr=tr, language_tag=language().replace("_", "-"))
    environment.globals["claim"] = partial(check, numbers)
    environment.globals["n"] = lambda name: mark(resolved(name, numbers), look_up(name, numbers))
    # Whoever wants the tables of a page keeps the list.
    environment.globals["collect"] = list[object]().append
    environment.filters["md"] = markdown_text
    environment.filters["filled"] = filled
    return environment


def filled(message: str, **parts: Any) -> Markup:
    """Return a message with parts that may be markup; its own words are escaped."""
    marked = {name: escape(part) for name, part in parts.items()}
    return Markup(_PART.sub(lambda found: marked.get(found[1], found[0]), str(escape(message))))


def in_present_language(number: str) -> str:
    """Return a printed number with its words: the "to" between the bounds of an interval, "none below 20"."""
    return number.replace(" to ", tr(" to ")).replace("none below ", tr("none below "))


def markdown_text(text: object) -> str:
    """Return words from outside as Markdown that shows them as they are, on one line."""
    line = " ".join(str(text).split())
    return _MARKDOWN.sub(lambda found: "\\" + found.group(0), line)


def render(environment: Environment, template: str, **context: Any) -> str:
    """Return a rendered template.

    Raises UserError naming template and line where it asks for a number or a value that does not exist, claims what
    does not hold, or cannot be read as a template.
    """
    try:
        return environment.get_template(template).render(**context)
    except TemplateSyntaxError as error:
        raise UserError(f"{_shown(error.filename or template)}, line {error.lineno}: {error.message}.") from None
    except (UnknownNumberError, UnfoundedClaimError, TemplateError, ValueError) as error:
        where = _where(error)
        if where is None:
            raise
        said = str(error)
        raise UserError(f"{where}: {said if said.endswith(('.', '?')) else said + '.'} Nothing was written.") from None


def own_blocks(folder: Path, templates: Path, names: Sequence[str]) -> list[str]:
    """Return what is wrong with a study's folder of templates: files that are never used, blocks that are not ours.

    Jinja2 takes a block that nobody prints without a word. `names` are the templates that may be overridden.
    """
    parser = Environment()
    problems = []
    for path in sorted(folder.glob("*.j2")):
        if path.name not in names:
            problems.append(f"{path}: no template of this name is used.{nearest(path.name, names)}")
            continue
        try:
            blocks = parser.parse(path.read_text(encoding="utf-8")).find_all(Block)
        except TemplateSyntaxError as error:
            problems.append(f"{path}, line {error.lineno}: {error.message}.")
            continue
        known = [block.name for block in parser.parse((templates / path.name).read_text("utf-8")).find_all(Block)]
        problems += [
            f'{path}, line {block.lineno}: there is no block "{block.name}".{nearest(block.name, known)}'
            for block in blocks
            if block.name not in known
        ]
    return problems


def _where(error: BaseException) -> str | None:
    """The innermost template and line of a traceback (Jinja2 names its frames after the template's file)."""
    found = None
    frame = error.__traceback__
    while frame is not None:
        name = frame.tb_frame.f_code.co_filename
        if name.endswith(".j2"):
            found = f"{_shown(name)}, line {frame.tb_lineno}"
        frame = frame.tb_next
    return found


def _shown(name: str) -> str:
    """A template by its folder and name, so that a study's own is told from ours."""
    path = Path(name)
    return f"{path.parent.name}/{path.name}" if path.parent.name else path.name
