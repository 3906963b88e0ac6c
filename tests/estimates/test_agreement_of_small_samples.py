"""Interactions, subgroups and methods of small samples equal R's; see tests/agreement."""

from types import ModuleType

import pytest

from tests.agreement import interactions, small_samples


@pytest.mark.parametrize("topic", [interactions, small_samples], ids=["interactions", "small_samples"])
def test_every_quantity_equals_that_of_r(topic: ModuleType) -> None:
    found = list(topic.differences())
    assert len(found) > 50
    assert [item for item in found if not item[2] < 1e-9] == []
