"""What is known of an Assembly."""

from server.model.events import FileReserved, UploadReceived, UploadStarted
from tests.server.model.lives import add, assembly, photo, upload
from tests.server.model.toys import resize


def test_it_collects_what_has_to_be_saved() -> None:
    life = assembly({"small": resize()}, uploads=1)
    life.open(100.0)
    life.changed.clear()

    life.receive(UploadStarted("u", "http://host/u", "a.jpg", None, 5, {}, 101.0))

    assert list(life.changed) == [("uploads", "u")]


def test_it_receives_until_all_that_was_announced_has_arrived() -> None:
    life = assembly({"small": resize()}, uploads=1)
    life.open(100.0)
    life.receive(UploadStarted("u", "http://host/u", "a.jpg", None, 5, {}, 101.0))
    assert life.receiving

    life.receive(UploadReceived("u", 5, 102.0))

    assert not life.receiving


def test_a_reserved_place_is_one_of_the_announced_uploads() -> None:
    life = assembly({"small": resize()}, uploads=2)
    life.open(100.0)
    life.receive(FileReserved(100.5))

    upload(life, photo("a.jpg"))
    assert (life.announced, life.uploading, life.receiving) == (1, False, True)
    add(life, photo("b.jpg"))

    assert (life.receiving, life.state, [made.file.name for made in life.files.values()]) == (
        *(False, "executing"),
        ["a.jpg", "b.jpg"],
    )


def test_places_beyond_those_that_were_announced_are_waited_for_too() -> None:
    life = assembly({"small": resize()}, uploads=1)
    life.open(100.0)
    life.receive(FileReserved(100.5))
    life.receive(FileReserved(100.5))

    add(life, photo("a.jpg"))
    assert (life.vacant, life.receiving, life.incoming) == (1, True, 2)
    add(life, photo("b.jpg"))

    assert (life.vacant, life.receiving, life.incoming) == (0, False, 2)


def test_a_file_without_a_reserved_place_is_none_of_the_assembly() -> None:
    life = assembly({"small": resize()}, uploads=1)
    life.open(100.0)

    add(life, photo("a.jpg"))

    assert (life.uploads, life.files, life.receiving) == ({}, {}, True)


def test_an_upload_counts_once_among_the_files_that_came_in() -> None:
    life = assembly({"small": resize()}, uploads=1)
    upload(life, photo("a.jpg"))

    assert life.incoming == 1


def test_the_same_warning_is_kept_once() -> None:
    life = assembly({"small": resize()})

    life.warn("Lost.")
    life.warn("Lost.")

    assert life.warnings == [{"level": "warning", "msg": "Lost."}]
