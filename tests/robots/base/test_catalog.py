"""Robots are found in the tree by their names."""

import pytest

from robots.base.catalog import Catalog, UnknownRobot
from robots.upload.handle import UploadHandleRobot


def test_a_robot_is_found_by_its_name() -> None:
    assert Catalog().get("/upload/handle") is UploadHandleRobot
    assert "/upload/handle" in Catalog()


def test_every_robot_is_listed_once_under_the_name_by_which_it_is_found() -> None:
    catalog = Catalog()
    names = catalog.names()

    assert "/upload/handle" in names
    assert names == sorted(set(names))
    assert all(catalog.get(name).name == name for name in names)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/",
        "/image",
        "/image/paint",
        "image/resize",
        "/upload/handle/",
        "//upload/handle",
        "/Upload/Handle",
        "/base/robot",
        "/tools/child",
        "/probe/probe",
        "/storage/s3",
        "/upload/__init__",
        "/upload/../tools",
        "/a.b/c",
    ],
)
def test_what_is_not_the_name_of_a_robot_finds_nothing(name: str) -> None:
    with pytest.raises(UnknownRobot):
        Catalog().get(name)

    assert name not in Catalog()


@pytest.mark.parametrize("thing", [None, 7, ["/upload/handle"]])
def test_only_a_text_can_be_a_name(thing: object) -> None:
    assert thing not in Catalog()
