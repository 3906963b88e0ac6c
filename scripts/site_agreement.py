"""The records of the hospitals -> where they did not do the same; what fails by the policy fails in the next step."""

from typing import TYPE_CHECKING

from rechallenge.federation.agreement import agreement
from rechallenge.federation.sites import read_site
from rechallenge.files import write_csv
from rechallenge.settings.federation import FederationPolicy
from rechallenge.step import counted, step

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with step(snakemake) as log:
    params = snakemake.params
    sites = [read_site(name, folder) for name, folder in params.folders.items()]
    found = agreement(sites, FederationPolicy.read(params.policy, "federation.policy"))
    write_csv(found, snakemake.output[0])
    log.say(f"{counted(len(sites), 'hospital')}, {counted(len(found), 'difference')} between them")
