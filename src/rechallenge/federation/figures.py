"""The figures of a federation with their words."""

from rechallenge import words
from rechallenge.federation.forest import MODELS, alternative, blocks, forest_figure
from rechallenge.federation.pool import Federation
from rechallenge.figures.output import Captioned
from rechallenge.language import tr
from rechallenge.settings.federation import FederationConfig


def drawn(made: Federation, config: FederationConfig, width_mm: float, note: str) -> list[Captioned]:
    """Return a forest plot per endpoint and model in which anything was pooled. Call inside `style.look()`."""
    found = []
    settings = config.federation
    for endpoint in settings.endpoints:
        for model in settings.models:
            own = blocks(made.sites, made.pooled, endpoint, model)
            if not own:
                continue
            title = tr("{endpoint} after rechallenge, hospitals: {model}", endpoint=endpoint, model=MODELS[model])
            caption = tr(
                "Hazard ratios of {endpoint} with {confidence}% intervals. Squares: hospitals, larger with more "
                "weight; diamond: random-effects mean; line below: where the hazard ratio of a further hospital may "
                "lie.",
                endpoint=words.endpoint_words(endpoint),
                confidence=f"{100 * settings.confidence:g}",
            )
            figure = forest_figure(own, width_mm, note)
            name = f"forest_{endpoint.lower()}_{model}"
            found.append(Captioned(name, title, caption, " ".join(map(alternative, own)), figure))
    return found
