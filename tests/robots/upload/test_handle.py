"""The step of the uploads."""

import pytest

from robots.base.catalog import Catalog
from robots.base.params import Invalid
from robots.upload.handle import UploadHandleParams, UploadHandleRobot


def test_it_is_found_by_its_name_and_takes_no_input() -> None:
    assert Catalog().get("/upload/handle") is UploadHandleRobot
    assert UploadHandleRobot.inputs == "none"


def test_it_knows_no_parameters_of_its_own() -> None:
    assert UploadHandleParams.parse({}) == UploadHandleParams()

    with pytest.raises(Invalid, match="width: unknown parameter"):
        UploadHandleParams.parse({"width": 100})
