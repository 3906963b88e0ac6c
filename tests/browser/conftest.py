"""The invented study of the report's tests, with a real picture."""

import base64

import pytest

from rechallenge.report.figures import Figures, PageFigure
from rechallenge.report.study_data import StudyData
from tests.report.studies import make_study, png


@pytest.fixture(scope="session")
def study() -> StudyData:
    return make_study()


@pytest.fixture(scope="session")
def figures() -> Figures:
    uri = f"data:image/png;base64,{base64.b64encode(png()).decode()}"
    files = ("km_pfs_resistance.png",)
    drawn = PageFigure("km_pfs_resistance", "PFS", "PFS by resistance.", "Acquired: longer.", files, uri, 2100, 1500)
    return Figures((drawn,), (("OS by resistance", "There was no event."),))
