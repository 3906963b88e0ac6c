"""What the hospitals share -> pooled results, forest plots and the page of the federation."""

from pathlib import Path
from typing import TYPE_CHECKING

from rechallenge.errors import UserError
from rechallenge.federation import agreement
from rechallenge.federation.figures import drawn
from rechallenge.federation.page import render
from rechallenge.federation.pool import pool
from rechallenge.federation.sites import read_site
from rechallenge.figures import style
from rechallenge.figures.output import FORMATS, onto_page
from rechallenge.files import read_csv, write_csv, write_json
from rechallenge.formatting import in_style
from rechallenge.language import in_language, tr
from rechallenge.settings.federation import FederationConfig
from rechallenge.step import counted, step

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with step(snakemake) as log:
    files, params, output = snakemake.input, snakemake.params, snakemake.output
    config = FederationConfig.read(params.settings, "settings")
    differences = read_csv(files.agreement, text=agreement.COLUMNS)
    if refused := agreement.failures(differences):
        raise UserError([*refused, f"Nothing was pooled; {Path(files.agreement).resolve()} lists every difference."])
    for sentence in agreement.warnings(differences):
        log.say(sentence)
    sites = [read_site(name, folder) for name, folder in params.folders.items()]
    made = pool(sites, config)
    for name in ("pooled", "sites", "counts", "medians"):
        write_csv(getattr(made, name), output[name])
    with in_style(config.report.style), in_language(config.report.language):
        note = tr("Simulated data") if config.federation.simulated else ""
        folder = Path(output.figures)
        folder.mkdir(parents=True, exist_ok=True)
        with style.look():
            pictures = [
                onto_page(item, folder, FORMATS, config.report.tiff_dpi)
                for item in drawn(made, config, style.WIDTHS[config.report.columns], note)
            ]
        page = render(made, sites, differences, config, Path(files.templates[0]).parent, pictures)
        Path(output.page).write_text(page, encoding="utf-8")
    write_json(
        {
            "settings": config.plain(),
            "hospitals": {
                site.name: {
                    "level": site.level,
                    "risk_sets": made.givers.get(site.name),
                    "extract_sha256": site.record["extract"]["sha256"],
                    "settings_sha256": site.record["settings"]["sha256"],
                    "code": site.record["code"],
                }
                for site in sites
            },
            "pooled": made.pooled.set_index("estimate_id").to_dict("index"),
        },
        output.json,
    )
    unused = made.sites[~made.sites["used"].astype(bool)]
    log.say(
        f"{len(sites)} hospitals: {len(made.sites.groupby(['endpoint', 'model', 'term', 'level', 'reference']))} "
        f"comparisons, {counted(len(unused), 'estimate')} of hospitals not there (sites.csv says why); "
        f"risk sets of {counted(len(made.givers), 'hospital')}"
    )
    log.say(f"the page is {Path(output.page).resolve()}")
