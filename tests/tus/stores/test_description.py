"""What is known of an upload lies in its file where it can, and beside it where it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from tus.stores import description


@pytest.mark.parametrize("attributes", [True, False])
def test_what_was_written_is_read(tmp_path: Path, attributes: bool) -> None:
    path = str(tmp_path / "a")
    Path(path).touch()

    description.write(path, {"length": 5}, attributes)
    description.write(path, {"length": 6}, attributes)

    assert description.read(path) == {"length": 6}
    assert Path(description.beside(path)).exists() is not attributes


def test_one_that_grew_too_large_for_an_attribute_moves_into_a_file(tmp_path: Path) -> None:
    path = str(tmp_path / "a")
    Path(path).touch()

    description.write(path, {"header": "small"}, True)
    description.write(path, {"header": "x" * 70_000}, True)

    assert len(description.read(path)["header"]) == 70_000


def test_there_may_be_none(tmp_path: Path) -> None:
    (tmp_path / "a").touch()

    with pytest.raises(FileNotFoundError):
        description.read(str(tmp_path / "a"))
