"""The previous release and the present study -> what changed, told for those who share and for the private side."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rechallenge.disclosure.estimates import protect_estimates, told_by_both
from rechallenge.errors import UserError
from rechallenge.figures import output as drawn
from rechallenge.figures import style
from rechallenge.files import read_parquet, write_csv, write_json
from rechallenge.formatting import in_style
from rechallenge.language import ENGLISH, in_language, tr
from rechallenge.refresh.comparison import compare
from rechallenge.refresh.documents import PRIVATE_TABLES, private_tables, shareable_table, summary
from rechallenge.refresh.figures import drawn as figures_of
from rechallenge.refresh.page import render_comparison
from rechallenge.refresh.present import identifiers_by_key, present_study
from rechallenge.refresh.sentences import log_lines, verdict_sentence
from rechallenge.refresh.sets import AnalysisSets
from rechallenge.refresh.snapshot import Analysis, Snapshot, event_times, patient_facts
from rechallenge.refresh.store import read_release
from rechallenge.refresh.told import view
from rechallenge.report.numbers import WITHHELD
from rechallenge.report.withheld import withheld_names
from rechallenge.results import read_result
from rechallenge.settings.config import StudyConfig
from rechallenge.settings.refresh import RefreshSettings
from rechallenge.settings.release import ReleaseSettings
from rechallenge.step import step
from rechallenge.tracing.run_folder import RunFolder

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def previous_again(old: Snapshot, salt: str, names: list[str], paths: list[str]) -> Snapshot | None:
    """Return the old extract under today's code and settings, where it was run again (the outputs of that rule)."""
    if not paths:
        return None
    estimates, members, of_estimate, *tables = paths
    parts = [tables[place : place + len(names)] for place in range(0, len(tables), len(names))]
    made = {
        name: Analysis(
            *(read_result(table, path) for table, path in zip(("cohort", "classified", "adtte"), own, strict=True))
        )
        for name, own in zip(names, zip(*parts, strict=True), strict=True)
    }
    return Snapshot(
        old.cutoff, old.rows, patient_facts(made, salt, old.cutoff), event_times(made, salt),
        AnalysisSets.of_tables(read_parquet(members), read_parquet(of_estimate)), old.curves,
        read_result("estimates", estimates), old.attrition, old.numbers, old.provenance,
    )  # fmt: skip


def same_level(record: Mapping[str, Any], release: ReleaseSettings, folder: str) -> None:
    """Raise UserError where the release was made at another level: what one withholds the other would tell."""
    before = record["settings"]["values"].get("release", {}).get("level", "internal")
    if before != release.level:
        raise UserError(
            f'The release {folder} was made with release.level "{before}", this study has "{release.level}": what the '
            "one withholds would be compared with what the other tells. Set the same level in both studies and release "
            "the earlier one again."
        )


def as_released(
    old: Snapshot, new: Snapshot, again: Snapshot | None, release: ReleaseSettings
) -> tuple[Snapshot, Snapshot, Snapshot | None]:
    """Return the sides of a public comparison: what one of them withholds is not compared."""
    before, now = told_by_both(old.estimates, new.estimates)
    withheld = {name.removeprefix(WITHHELD) for side in (old, new) for name in withheld_names(side.numbers)}
    old, new = (
        replace(
            side,
            estimates=estimates,
            numbers={name: own for name, own in side.numbers.items() if name.removeprefix(WITHHELD) not in withheld},
        )
        for side, estimates in ((old, before), (new, now))
    )
    if again is not None:
        protected = protect_estimates(again.estimates, release)[0].frame
        again = replace(again, estimates=protected[protected["estimate"].notna()])
    return old, new, again


with step(snakemake) as log:
    files, params, output = snakemake.input, snakemake.params, snakemake.output
    config = StudyConfig.read(params.settings, "settings")
    refresh = RefreshSettings.read(params.refresh, "refresh")
    release = read_release(Path(params.previous))
    names = list(params.analyses)
    record = json.loads(Path(files.provenance).read_text(encoding="utf-8"))
    run = RunFolder(Path(files.curves).parents[2], record, config)
    same_level(release.snapshot.provenance, config.release, params.previous)
    new = present_study(run, names, release.salt)
    again = previous_again(release.snapshot, release.salt, names, list(files.again))
    old = release.snapshot
    if config.release.public:
        old, new, again = as_released(old, new, again, config.release)
    made = compare(old, new, refresh, config.statistics, again)
    identifiers = identifiers_by_key(run, release.salt)
    smallest = refresh.smallest_count or config.release.smallest_count
    shareable, private = (view(private=own, smallest=smallest) for own in (False, True))
    simulated = config.study.simulated
    templates = Path(files.templates[0]).parent
    with in_style(config.report.style), in_language(config.report.language):
        formats = drawn.FORMATS if config.release.vector_survival_curves else drawn.RASTER
        folder = Path(output.figures)
        folder.mkdir(parents=True, exist_ok=True)
        with style.look():
            note = tr("Simulated data") if simulated else ""
            pictures = [
                drawn.onto_page(item, folder, formats if item.reveals_times else drawn.FORMATS, config.figures.tiff_dpi)
                for item in figures_of(made, shareable, style.WIDTHS[config.figures.columns], note)
            ]
        for told, target in ((shareable, output.page), (private, output.private_page)):
            text = render_comparison(
                made, told, templates, title=config.study.title, pictures=pictures, identifiers=identifiers,
                simulated=simulated,
            )  # fmt: skip
            Path(target).write_text(text, encoding="utf-8")
    with in_language(ENGLISH):
        # The log may leave the hospital with the log of a CI job: it says what is shared, no more.
        write_json({**summary(made, shareable), "log": log_lines(made, shareable)}, output.json)
        write_json({**summary(made, private), "log": log_lines(made, private)}, output.private_json)
        write_csv(shareable_table(made, shareable), output.csv)
        tables = private_tables(made, identifiers)
        for name, target in zip(PRIVATE_TABLES, output.private_tables, strict=True):
            write_csv(tables[name], target)
        log.say(verdict_sentence(made))
    log.say(f"the comparison is {Path(output.page).resolve()}, with patients {Path(output.private_page).resolve()}")
