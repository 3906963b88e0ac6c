"""The workflow as a module of another one: on this machine, or fetched from a repository as `snakedeploy` has it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.e2e.runs import environment

REPOSITORY, TAG = "registry/rechallenge", "v0.1.0"
# What `snakedeploy deploy-workflow` writes, but that the rules have a prefix, as beside rules of the importer.
FETCHED = f"""\
configfile: "study.yaml"


module rechallenge:
    snakefile:
        github("{REPOSITORY}", path="workflow/Snakefile", tag="{TAG}")
    config:
        config


use rule * from rechallenge as rechallenge_*


rule mine:
    default_target: True
    input:
        rules.rechallenge_complete.input,
"""
# Who commits is asked by git, and must not come from this machine's settings.
_NOBODY = {f"GIT_{who}_{what}": "nobody@localhost" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def publish(checkout: Path, home: Path) -> dict[str, str]:
    """Commit a checkout to a repository in `home`; return the variables that make it the one at GitHub.

    Snakemake's cache of fetched files lies in `home` too.
    """
    home.mkdir(parents=True)
    base = ["git", f"--git-dir={home / 'repository.git'}", f"--work-tree={checkout}"]
    for command in (["init", "--quiet"], ["add", "--all", "--force"], ["commit", "--quiet", "-m", TAG], ["tag", TAG]):
        subprocess.run([*base, *command], check=True, env={**os.environ, **_NOBODY})
    return {
        "XDG_CACHE_HOME": str(home / "cache"),
        "GITHUB_TOKEN": "",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{home / 'repository.git'}.insteadOf",
        "GIT_CONFIG_VALUE_0": f"https://github.com/{REPOSITORY}",
    }


def run_importer(
    folder: Path, *options: str, checkout: Path, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the workflow that lies in `folder`, in that folder, with the library of `checkout`."""
    return subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "1", *options],
        cwd=folder,
        env=environment(checkout) | dict(variables or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
