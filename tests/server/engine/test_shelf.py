"""Results are served again from a shelf of bounded size."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from server.engine.shelf import Kept, Shelf


def key(name: str) -> str:
    return sha256(name.encode()).hexdigest()


def keep(shelf: Shelf, name: str, size: int, until: float = 1e12) -> Path:
    source = shelf.folder.parent / f"{name}.result"
    source.write_bytes(name.encode()[:1] * size)
    shelf.keep(key(name), source, Kept(f"{name}.bin", "image/png", size, "etag", 5.0, until, {"X-Name": name}))
    return source


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "cdn", limit=1000)


def test_what_was_kept_is_found_with_all_that_was_told_of_it(shelf: Shelf) -> None:
    source = keep(shelf, "one", 300)
    source.unlink()  # the Assembly's own file goes when its time is over

    found = shelf.find(key("one"), at=100.0)

    assert found == Kept("one.bin", "image/png", 300, "etag", 5.0, 1e12, {"X-Name": "one"})
    assert shelf.path(key("one")).read_bytes() == b"o" * 300
    assert shelf.find(key("two"), at=100.0) is None


def test_what_is_too_old_is_not_found(shelf: Shelf) -> None:
    keep(shelf, "one", 300, until=50.0)

    assert shelf.find(key("one"), at=49.0) is not None
    assert shelf.find(key("one"), at=50.0) is None


def test_the_least_used_makes_room(shelf: Shelf) -> None:
    for at, name in enumerate(["one", "two", "three"], start=1):
        keep(shelf, name, 300)
        shelf.find(key(name), at=at * 10.0)
    shelf.find(key("one"), at=100.0)

    keep(shelf, "four", 300)

    assert {name for name in ("one", "two", "three", "four") if shelf.find(key(name), at=200.0)} == {
        "one",
        "three",
        "four",
    }
    assert sum(path.stat().st_size for path in shelf.folder.iterdir() if path.suffix != ".json") <= 1000


def test_what_is_larger_than_all_room_is_not_kept_and_drives_nothing_out(shelf: Shelf) -> None:
    keep(shelf, "one", 300)
    keep(shelf, "large", 1001)

    assert shelf.find(key("large"), at=1.0) is None
    assert shelf.find(key("one"), at=1.0) is not None


def test_a_new_result_takes_the_place_of_the_old(shelf: Shelf) -> None:
    for size in (300, 400, 450, 500):
        keep(shelf, "one", size)

    assert shelf.path(key("one")).stat().st_size == 500
    keep(shelf, "two", 450)
    assert shelf.find(key("one"), at=1.0) is not None


def test_what_a_crash_has_torn_is_not_served_and_its_room_is_used_again(shelf: Shelf) -> None:
    keep(shelf, "one", 500)
    keep(shelf, "two", 400)
    shelf.path(key("one")).write_bytes(b"o")
    shelf.path(key("two")).with_name(key("two") + ".json").write_bytes(b"{")
    (shelf.folder / ".half.tmp").write_bytes(b"x" * 900)

    after = Shelf(shelf.folder, limit=1000)

    assert [after.find(key(name), at=1.0) for name in ("one", "two")] == [None, None]
    keep(after, "three", 800)
    assert after.find(key("three"), at=1.0) is not None
    assert not (shelf.folder / ".half.tmp").exists()
