"""The settings of a refresh: the release that the study is compared with, and which drifts fail."""

from typing import Literal

from pydantic import Field

from rechallenge.settings.base import Settings

Drift = Literal["fail", "warn", "ignore"]


class RefreshPolicy(Settings):
    """What `snakemake compare` does about each kind of drift: fail (exit status 1 after everything was written), warn (said in the log and on the page) or ignore."""

    locked_history: Drift = Field(
        "fail",
        description="Settled history that changed: a date before the previous cut-off, a death that vanished or moved, another first ICI, an event that is gone, a follow-up that became shorter, a settled row that is gone.",
    )
    withdrawn_patients: Drift = Field("fail", description="Patients of the release who are no longer in the extract.")
    moved_without_data: Drift = Field(
        "fail",
        description="Patients whose place in the study, or estimates whose value, moved though nothing that the extract says of the patients behind them did.",
    )
    late_changes: Drift = Field(
        "warn",
        description="Rows dated before the previous cut-off that were entered only now, or of which a cell that is no date says something else.",
    )
    patients_left: Drift = Field(
        "warn", description="Patients of the release's rechallenge set who are no longer in it."
    )
    class_changed: Drift = Field(
        "warn", description="Patients with another class of resistance, pattern or interval treatment than before."
    )
    settings_changed: Drift = Field(
        "warn",
        description="Other settings, mapping, vocabularies or waivers than those of the release; cut-off, window and words apart.",
    )
    code_changed: Drift = Field("warn", description="Other code in a step that makes estimates.")
    libraries_changed: Drift = Field("warn", description="Another Python, another lock or other library versions.")


class RefreshSettings(Settings):
    """A data refresh: locking a finished study (`snakemake release`) and comparing it with the next one (`snakemake compare`)."""

    previous: str | None = Field(
        None,
        description="Folder of the release to compare with (releases/<cut-off> of its run folder), relative to the study file.",
    )
    keep_extract: bool = Field(
        False,
        description="Keep the accepted tables in the private part of a release, so that a later comparison can run them again and name old values.",
    )
    run_previous_again: bool = Field(
        False,
        description="Run the accepted tables of the previous release with today's code and settings, which tells what moved because of them from what moved because of data; needs a release that kept them.",
    )
    settled_days: int = Field(
        0,
        ge=0,
        description="Days before the previous cut-off within which dates may still be corrected and rows come late: what is older is settled.",
    )
    smallest_count: int | None = Field(
        None,
        ge=1,
        description="Fewest patients whose number, or whose effect on a median, the shareable comparison tells; `release.smallest_count` where it is not set.",
    )
    policy: RefreshPolicy = RefreshPolicy()
