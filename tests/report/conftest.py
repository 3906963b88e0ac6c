"""The invented studies of `studies.py` as fixtures."""

import pytest

from rechallenge.report.figures import Figures, PageFigure
from rechallenge.report.study_data import StudyData
from tests.report.studies import make_study


@pytest.fixture(scope="session")
def study() -> StudyData:
    return make_study()


@pytest.fixture(scope="session")
def empty() -> StudyData:
    return make_study(rechallenged=False, simulated=False, dates_only=True)


@pytest.fixture(scope="session")
def figures() -> Figures:
    drawn = PageFigure(
        "km_pfs_resistance",
        "PFS",
        "PFS by resistance.",
        "Acquired: longer.",
        ("km_pfs_resistance.png",),
        "data:image/png;base64,AA==",
        2,
        1,
    )
    return Figures((drawn,), (("OS by resistance", "There was no event."),))
