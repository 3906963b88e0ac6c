"""The settings of a coordinating run: which hospitals, and how what they share is pooled."""

from typing import Any, Literal

from pydantic import Field, field_validator

from rechallenge.errors import UserError
from rechallenge.settings.base import Settings
from rechallenge.settings.refresh import Drift
from rechallenge.settings.release import ReleaseSettings


class FederationSite(Settings):
    """One hospital."""

    name: str = Field(min_length=1, description="Name of the hospital, as it is printed.")
    path: str = Field(description="Its shareable folder, relative to the federation file.")


class FederationPolicy(Settings):
    """What is done where hospitals differ: fail (nothing is pooled), warn (said in the log and on the page) or ignore."""

    definitions: Drift = Field(
        "fail",
        description="Other definitions or another reading of partial dates: the numbers count different patients.",
    )
    models: Drift = Field(
        "fail",
        description="Other covariates or another policy for missing ones: the hazard ratios are of other models.",
    )
    study_period: Drift = Field("warn", description="Another data cut-off or study window.")
    code: Drift = Field("warn", description="Another version of a step that makes estimates.")
    libraries: Drift = Field("warn", description="Another lock of libraries.")


class FederationSettings(Settings):
    """Hospitals, what of them is pooled, and how."""

    title: str = Field("Pooled results of several hospitals", description="Title of the page.")
    simulated: bool = Field(False, description="The hospitals are simulated; page and figures say so.")
    sites: tuple[FederationSite, ...] = Field(
        min_length=2, description="The hospitals, in the order of tables and figures."
    )
    endpoints: tuple[str, ...] = Field(
        ("PFS", "OS"), min_length=1, description="Endpoints whose hazard ratios are pooled."
    )
    models: tuple[Literal["cox_univariable", "cox_multivariable", "cox_sensitivity"], ...] = Field(
        ("cox_univariable", "cox_multivariable"), min_length=1, description="Cox models whose hazard ratios are pooled."
    )
    estimator: Literal["REML", "DL", "PM"] = Field(
        "REML",
        description="Variance between hospitals: restricted maximum likelihood, DerSimonian and Laird, or Paule and Mandel.",
    )
    hartung_knapp: Literal["guarded", "plain", "off"] = Field(
        "guarded",
        description="Hartung and Knapp's interval (t, k - 1 degrees of freedom); guarded: never with a smaller variance than the ordinary one, which few hospitals that happen to agree would give; off: the normal interval.",
    )
    firth: bool = Field(
        True, description="Take Firth's penalised estimate of a hospital where its ordinary one is not finite."
    )
    confidence: float = Field(0.95, gt=0.5, lt=1, description="Confidence of pooled and prediction intervals.")
    risk_sets: bool = Field(True, description="Pool the risk sets of the hospitals that have given them.")
    policy: FederationPolicy = FederationPolicy()

    @field_validator("sites")
    @classmethod
    def _different(cls, sites: tuple[FederationSite, ...]) -> tuple[FederationSite, ...]:
        for what, values in (("name", [site.name for site in sites]), ("path", [site.path for site in sites])):
            repeated = sorted({value for value in values if values.count(value) > 1})
            if repeated:
                raise ValueError(f'two hospitals have the {what} "{repeated[0]}": give each hospital once')
        return sites


class FederationPrint(Settings):
    """Words and figures of the page."""

    style: Literal["default", "nejm", "jama", "lancet"] = Field("default", description="How numbers are printed.")
    language: Literal["en", "zh_CN"] = Field("en", description="Language of the page and its figures.")
    columns: Literal["one", "two"] = Field("two", description="Width of the figures in columns of a journal's page.")
    tiff_dpi: Literal[300, 600] = Field(300, description="Dots per inch of the TIFF files.")


class FederationRelease(Settings):
    """Who will see what the coordinating run writes."""

    level: Literal["internal", "public"] = Field(
        "public",
        description="internal: those whom every hospital lets see its folder; public: what hospitals told internally is withheld first as in their own public release.",
    )
    smallest_count: int = Field(5, ge=1, description="Fewest patients, or events, whose number a public page tells.")

    @property
    def of_site(self) -> ReleaseSettings:
        """Return the release settings under which a hospital's own numbers may be shown."""
        return ReleaseSettings(level=self.level, smallest_count=self.smallest_count)


class FederationConfig(Settings):
    """A federation file."""

    federation: FederationSettings
    release: FederationRelease = FederationRelease()
    report: FederationPrint = FederationPrint()


def read_federation(values: dict[str, Any], where: str) -> FederationConfig:
    """Return the typed settings of a parsed federation file; raises UserError with every mistake in it."""
    if not values:
        raise UserError(f"{where}: the federation file is empty.")
    return FederationConfig.read(values, where)
