"""Names of models that more than one step asks for. It imports nothing: the report reads it without the statistics."""

from typing import Final

# Firth's penalised model that stands beside each ordinary one.
FIRTH: Final = {
    "cox_univariable": "cox_firth_univariable",
    "cox_multivariable": "cox_firth",
    "cox_sensitivity": "cox_firth_sensitivity",
}
