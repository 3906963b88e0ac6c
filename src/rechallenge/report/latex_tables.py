"""A table as LaTeX: booktabs rules, notes under the table, and the words as LaTeX writes them.

The files are fragments for `\\input`. They need the packages adjustbox, array, booktabs, longtable, textcomp and
threeparttable; `preview` is a document that shows them all.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from rechallenge.report.numbers import Numbers
from rechallenge.report.sentences import plain
from rechallenge.report.sheets import Sheet, printed

# A table with more rows breaks across pages.
LONG: Final = 40
PACKAGES: Final = ("adjustbox", "array", "booktabs", "longtable", "textcomp", "threeparttable")
_SPACES: Final = {ord("\u2009"): r"\,", ord("\u00a0"): "~", ord("\u202f"): r"\,"}
_PROSE: Final = r"p{0.4\linewidth}"


def latex_table(sheet: Sheet, numbers: Numbers) -> str:
    """Return the table with its caption, label (`tab:<id>`) and notes; a long one as a longtable."""
    head, *rows = printed(sheet, numbers)
    label, caption = f"tab:{sheet.id}", escaped(plain(sheet.caption, numbers))
    columns = "l" + "l" * (len(head) - 2) + (_PROSE if sheet.prose else "l") if len(head) > 1 else "l"
    header = " & ".join(escaped(cell) for cell in head) + r" \\"
    body = [_row(cells, row.kind) for cells, row in zip(rows, sheet.rows, strict=True)]
    notes = [escaped(plain(note, numbers)) for note in sheet.notes]
    make = _long if len(rows) > LONG else _short
    return "\n".join(make(label, caption, columns, header, body, notes)) + "\n"


def preview(names: Sequence[str]) -> str:
    """Return a document that shows every table of the folder, for XeLaTeX, LuaLaTeX or pdfLaTeX."""
    lines = [r"\documentclass[a4paper,10pt]{article}", r"\usepackage[margin=15mm,landscape]{geometry}"]
    lines += [r"\usepackage[T1]{fontenc}", *(rf"\usepackage{{{name}}}" for name in PACKAGES)]
    lines += [r"\begin{document}", *(rf"\input{{{name}}}" + "\n" + r"\clearpage" for name in names), r"\end{document}"]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """Return text as LaTeX; signs without a command of their own, such as Chinese, stay as they are."""
    return str(_encoder().unicode_to_latex(" ".join(text.split(" "))))


@cache
def _encoder() -> Any:
    from pylatexenc.latexencode import RULE_DICT, UnicodeToLatexConversionRule, UnicodeToLatexEncoder

    return UnicodeToLatexEncoder(
        conversion_rules=[UnicodeToLatexConversionRule(RULE_DICT, _SPACES), "defaults"],
        unknown_char_policy="keep",
        unknown_char_warning=False,
    )


def _row(cells: Sequence[str], kind: str) -> str:
    first, *others = map(escaped, cells)
    if kind == "group":
        first = rf"\textbf{{{first}}}"
    elif kind == "level":
        first = rf"\quad {first}"
    # A cell that begins with a bracket would be read as the option of the line break before it.
    first = f"{{}}{first}" if first.startswith(("[", "*")) else first
    return " & ".join([first, *others]) + r" \\"


def _short(label: str, caption: str, columns: str, header: str, body: Sequence[str], notes: Sequence[str]) -> list[str]:
    lines = [r"\begin{table}[htbp]", r"\centering", rf"\caption{{{caption}}}\label{{{label}}}"]
    # A table that is wider than the column of the journal is made smaller, its notes with it.
    lines += [r"\begin{adjustbox}{max width=\linewidth}", r"\begin{threeparttable}"]
    lines += [
        rf"\begin{{tabular}}{{{columns}}}",
        r"\toprule",
        header,
        r"\midrule",
        *body,
        r"\bottomrule",
        r"\end{tabular}",
    ]
    if notes:
        lines += [r"\begin{tablenotes}[flushleft]\footnotesize", *(rf"\item {note}" for note in notes)]
        lines.append(r"\end{tablenotes}")
    return [*lines, r"\end{threeparttable}", r"\end{adjustbox}", r"\end{table}"]


def _long(label: str, caption: str, columns: str, header: str, body: Sequence[str], notes: Sequence[str]) -> list[str]:
    lines = [rf"\begin{{longtable}}{{{columns}}}", rf"\caption{{{caption}}}\label{{{label}}}\\"]
    lines += [r"\toprule", header, r"\midrule", r"\endfirsthead", r"\toprule", header, r"\midrule", r"\endhead"]
    lines += [r"\bottomrule", r"\endlastfoot", *body, r"\end{longtable}"]
    return [*lines, *(rf"\noindent{{\footnotesize {note}\par}}" for note in notes)]
