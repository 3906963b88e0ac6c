"""Checks, remedies, missing covariates and validation of Cox models equal R's answers (tests/reference/models)."""

from tests.agreement.models import differences

# Where coefficients are iterated, by two programmes that stop somewhere, and where there are formulae only.
LIMIT_OF_COX, LIMIT = 1e-7, 1e-9


def test_every_quantity_equals_that_of_r() -> None:
    found = list(differences())
    assert len({quantity for quantity, _, _ in found}) > 25
    far = [
        (quantity, data, difference)
        for quantity, data, difference in found
        if not difference < (LIMIT_OF_COX if quantity.startswith("Cox") else LIMIT)
    ]
    assert far == []
