"""A view names each place once, and what is hidden stays so wherever it lies."""

from pathlib import Path

from robots.tools.sandbox.view import View, around, is_beneath, outermost


def test_of_places_in_each_other_the_outer_one_is_named() -> None:
    assert outermost([Path("/a/b/c"), Path("/a/b"), Path("/a/bc"), Path("/a/b")]) == ["/a/b", "/a/bc"]


def test_a_name_that_only_begins_alike_is_another_place() -> None:
    assert is_beneath("/data/files", ["/data"])
    assert not is_beneath("/data-of-others", ["/data"])


def test_what_can_be_written_need_not_be_read_as_well() -> None:
    view = View(Path("/scratch/job"), reads=(Path("/files/1"), Path("/scratch/job/2")))

    assert view.writable == ["/scratch/job"]
    assert view.readable == ["/files/1"]


def test_around_a_hidden_folder_lies_all_that_is_beside_it(tmp_path: Path) -> None:
    for name in ("app/bin", "app/data/files", "lib"):
        (tmp_path / name).mkdir(parents=True)

    found = list(around(str(tmp_path), [str(tmp_path / "app" / "data")]))

    assert found == [str(tmp_path / "app" / "bin"), str(tmp_path / "lib")]


def test_a_link_to_what_is_hidden_is_hidden_too(tmp_path: Path) -> None:
    (tmp_path / "real" / "data").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "real")

    assert list(around(str(tmp_path / "link"), [str(tmp_path / "real" / "data")])) == []
