"""Methods and reasons of estimates.csv in the language of the report.

The column `method` is English, for machines and statisticians, and is put together from few phrases. In English it is
printed as it is; in another language it is taken apart (sentences, semicolons, commas, brackets), each phrase is
said by the catalogue, and the parts are put together again. A phrase that is not known here stays as it is.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

from rechallenge.language import ENGLISH, N_, language, tr
from rechallenge.punctuation import listed, paragraph, separated, stopped, then
from rechallenge.words import LEVELS, TERMS, YES_NO, lower_first, plain

# Parts in braces are said in their turn. Exact phrases stand before those that hold a part that may be anything.
METHODS: Final = (
    N_("Kaplan-Meier"),
    N_("Cox"),
    N_("log"),
    N_("log-log"),
    N_("plain"),
    N_("log interval"),
    N_("log-log interval"),
    N_("plain interval"),
    N_("Brookmeyer-Crowley interval ({form})"),
    N_("symmetric normal interval (Collett)"),
    N_("delayed entry"),
    N_("from the landmark"),
    N_("log-rank test"),
    N_("log-rank test with delayed entry: the score test of {call}"),
    N_("since survdiff takes no entry times"),
    N_("{n} groups"),
    N_("{n} degree of freedom"),
    N_("{n} degrees of freedom"),
    N_("stratified by {covariates}"),
    N_("Efron ties"),
    N_("Wald interval"),
    N_("one Newton-Raphson fit for so many patients"),
    N_("main effects and product"),
    N_("Wald interval of the sum of coefficients by their covariance"),
    N_("classes without an event in an arm left out"),
    N_("Firth's penalised Cox model"),
    N_("profile-likelihood interval"),
    N_("penalised likelihood-ratio P"),
    N_("likelihood-ratio test of the product"),
    N_("Rubin's rules"),
    N_("Wald interval with Barnard and Rubin's degrees of freedom"),
    N_("{what} imputed {times} times"),
    N_("adjusted for {covariates}"),
    N_("Fisher's exact test"),
    N_("{n} simulated tables"),
    N_("Wilcoxon rank-sum test"),
    N_("Kruskal-Wallis test"),
    N_("chi-square test"),
)
REASONS: Final = (
    N_("Not compared: {why}"),
    N_("Not fitted: {why}"),
    N_("Not computed: {why}"),
    N_("Not tested: {why}"),
    N_("Not estimated: {why}"),
    N_("Not drawn: {why}"),
    N_("Without a hazard ratio: {why}"),
    N_("Calibration at {months} months not made: {why}"),
    N_("Not corrected for optimism: {why}"),
    N_("Not validated: {why}"),
    N_("Proportional hazards and single patients not checked: the declared model has no finite estimate ({why})"),
    N_("Firth's penalised model is given instead"),
    N_("no patient has all covariates"),
    N_("{events} events, fewer than the declared minimum of {minimum}"),
    N_("{events} events for {coefficients} coefficients"),
    N_("the covariates determine one another (collinear)"),
    N_("no patient has the reference level of {covariate} ({level})"),
    N_("every patient has the same level of {covariate} ({level})"),
    N_("there was no event with {covariate}: {level}, so its hazard ratio has no finite estimate"),
    N_("{covariate} is the same for every patient"),
    N_(
        "the likelihood has no maximum, because some combination of the covariates separates the patients with events"
        " from those without (separation, or too few events)"
    ),
    N_("the likelihood has no maximum (separation, or too few events)"),
    N_("the likelihood has no single maximum: separation, or covariates that determine one another"),
    N_("the penalised likelihood has no single maximum"),
    N_("the likelihood of the Weibull model has no maximum"),
    N_("these times leave the subdistribution hazard ratio no variance"),
    N_("everybody entered after the same time"),
    N_("nobody was followed up for longer"),
    N_("there are events in one of the two periods only"),
    N_("no event with {level} until that time, so a hazard ratio has no finite estimate"),
    N_("no event with {level} after that time, so a hazard ratio has no finite estimate"),
    N_("the model has no other covariate"),
    N_("the time is part of the definition of {covariate}"),
    N_("{variable} is part of the definition of {covariate}"),
    N_("there are only patients of one class ({level})"),
    N_("there are no patient with a known class"),
    N_("at no time of an event were patients of two classes at risk"),
    N_("neither class had an event before the horizon"),
    N_("patients come under observation late, for which this method is not made"),
    N_("a class is followed for less than a tenth of a month"),
    N_("there was no event"),
    N_("there was no event of this kind"),
    N_("nobody had this event ({event}) first"),
    N_("the test has no variance in these patients"),
    N_("a cell has no event, so that no ratio could be found"),
    N_("without an event nothing could be found"),
    N_("there is {cells}"),
    N_("no event among the {n} patients with {first} and {second}"),
    N_("no patient with {first} and {second}"),
    N_("an arm of this class has no patient or no event"),
    N_("only one class has events in both arms"),
    N_("no class has events in both arms"),
    N_("every allocation of the patients would give the same result"),
    N_("no patient in the class {level} or {level_2}"),
    N_("no patient in the class {level}"),
    N_("no event in the class {level}"),
    N_("nobody progressed"),
    N_("nobody was alive and under observation after the landmark"),
    N_("everybody had been rechallenged by the landmark"),
    N_("nobody had been rechallenged by the landmark"),
    N_("nobody was under observation after a rechallenge"),
    N_("there was no death after rechallenge, so the hazard ratio has no finite estimate"),
    N_("there was no death before or without rechallenge, so the hazard ratio has no finite estimate"),
    N_("at no death were patients at risk both before (or without) and after rechallenge"),
    N_("one of the two hazard ratios has no estimate"),
    N_("no declared covariate is known at progression"),
    N_("not known at progression or part of what follows it, so left out: {covariates}"),
    N_("the source dates each progression on one day and has no scan before it, so that there are no intervals"),
    N_("{covariate} cannot be imputed: {why}"),
    N_("{n} patients with a known {covariate} are too few to impute the others"),
    N_("Firth's penalised model is not pooled over imputed data sets"),
    N_("the progression pattern is no covariate of the model"),
    N_("the progression pattern of every patient of the model is known; nothing is imputed"),
    N_(
        "the progression pattern is read at progression on the rechallenge, which is part of the outcome; it is no"
        " baseline covariate, and the models are fitted without it"
    ),
    N_(
        "the progression pattern is read at progression on the rechallenge, which is part of the outcome; neither its"
        " effect in subgroups nor an effect within its classes is given"
    ),
    N_(
        "the progression pattern is read at progression on the rechallenge, which is part of the outcome; no"
        " interaction with it is tested, and no effect of it or within its classes is given"
    ),
    N_("{covariate} has too few values for a spline"),
    N_("the model with a spline of {covariate} has no finite estimate"),
    N_("no two patients can be ordered by their times"),
    N_("the model has no finite estimate"),
    N_("{without} of {drawn} bootstrap samples have no finite estimate"),
)
# Parts that are lists of covariates, numbers, and phrases; others are words for a covariate or class.
_LISTS: Final = frozenset({"covariates"})
_CLASSES: Final = tuple(LEVELS[term] for term in ("resistance", "progression_pattern", "histology_group"))
_NUMBERS: Final = frozenset(["n", "events", "minimum", "coefficients", "months", "times", "without", "drawn"])
_PHRASES: Final = frozenset({"why", "cells", "form"})
_PREFIX: Final = re.compile(r"^(?:Not fitted|Not compared|Not computed|Not tested): ")
_SENTENCES: Final = re.compile(r"(?<=\.) (?=[A-Z])")


def method_words(text: str) -> str:
    """Return a method, or a reason with what it is a reason of, in the present language; in English as it is."""
    if language() == ENGLISH:
        return text
    return paragraph(
        stopped(_said(sentence.removesuffix("."))) if sentence.endswith(".") else _said(sentence)
        for sentence in _SENTENCES.split(text)
    )


def reason(sentence: str) -> str:
    """Return a sentence of estimates.csv, on why something was not computed, as report and figures print it."""
    said = _PREFIX.sub("", sentence)
    if language() != ENGLISH:
        return method_words(said)
    for pattern, written in _ENGLISH_REASONS:
        said = pattern.sub(written, said)
    return said


def _said(text: str) -> str:
    """Return a phrase; one that is not known by its parts."""
    text = text.strip()
    known = _known(text)
    if known is not None:
        return known
    for mark, joined in (("; ", separated), (", ", _apart)):
        parts = _split(text, mark)
        if len(parts) > 1:
            return joined([_said(part) for part in parts])
    inside = re.fullmatch(r"(\d+) \((.+)\)", text)
    return tr("{number} ({inside})", number=inside[1], inside=_said(inside[2])) if inside else text


def _known(text: str) -> str | None:
    for pattern, message in _patterns():
        found = pattern.fullmatch(text)
        if found:
            return tr(message, **{name: _part(name, value) for name, value in found.groupdict().items()})
    return None


def _part(name: str, value: str) -> str:
    if name in _NUMBERS:
        return value
    if name in _LISTS:
        return listed(_word(part) for part in value.split(", "))
    return _said(value) if name in _PHRASES else _word(value)


def _word(text: str) -> str:
    """Return a covariate or class, of which the catalogue has the words with a capital or without."""
    label, _, level = text.partition(": ")
    if level:
        return tr("{name}: {said}", name=_word(label), said=_word(level))
    known: Iterator[object] = (levels[text] for levels in (YES_NO, TERMS, *_CLASSES) if text in levels)
    said = next(known, None)
    if said is None:
        written = (text, text[:1].upper() + text[1:], plain(text))
        said = next((tr(name) for name in written if tr(name) != name), text)
    return lower_first(str(said))


def _apart(parts: list[str]) -> str:
    first, *others = parts
    for other in others:
        first = then(first, other)
    return first


def _split(text: str, mark: str) -> list[str]:
    """Cut a text at a mark that stands in no brackets."""
    parts, depth, start = [], 0, 0
    for place, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if not depth and text.startswith(mark, place):
            parts.append(text[start:place])
            start = place + len(mark)
    return [*parts, text[start:]]


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """The phrases as patterns, which begin small or with a capital; those that say most themselves first."""
    phrases = [str.__str__(phrase) for phrase in (*METHODS, *REASONS)]
    phrases.sort(key=lambda phrase: ("{" in phrase, "{why}" not in phrase, -len(re.sub(r"\{\w+\}", "", phrase))))
    return [(_pattern(phrase), phrase) for phrase in phrases]


def _pattern(phrase: str) -> re.Pattern[str]:
    written = re.sub(r"\\\{(\w+)\\\}", _group, re.escape(phrase))
    return re.compile(f"(?i:{written[0]}){written[1:]}" if written[0].isalpha() else written)


def _group(found: re.Match[str]) -> str:
    name = found[1]
    inside = r"[\d.,]+" if name in _NUMBERS else ".+?" if name in _PHRASES else "[^;]+?"
    return f"(?P<{name}>{inside})"


def _class_without_event(found: re.Match[str]) -> str:
    name, _, level = found[1].rpartition(": ")
    return f"nobody in the class “{name}: {lower_first(level)}” had an event, so its hazard ratio"


def _reference_of_nobody(found: re.Match[str]) -> str:
    return f"nobody is in the reference class of {lower_first(found[1])} ({lower_first(found[2])})"


def _same_class(found: re.Match[str]) -> str:
    return f"everybody is in the same class of {lower_first(found[1])} ({lower_first(found[2])})"


def _yes_or_no(found: re.Match[str]) -> str:
    return "(yes)" if found[1] == "true" else "(no)"


# The sentences of estimates.csv name a class as "covariate: level"; a reader wants to see where the name ends.
_ENGLISH_REASONS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str] | str], ...]] = (
    (re.compile(r"there was no event with (.+?: [^,;]+), so its hazard ratio"), _class_without_event),
    (re.compile(r"no patient has the reference level of (.+?) \(([^)]*)\)"), _reference_of_nobody),
    (re.compile(r"every patient has the same level of (.+?) \(([^)]*)\)"), _same_class),
    (re.compile(r"\((true|false)\)"), _yes_or_no),
    (re.compile(r"there are no patient with"), "there is no patient with"),
    (re.compile(r"among the 1 patients with"), "in the one patient with"),
)
