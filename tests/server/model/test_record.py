"""What is known of an Assembly."""

from server.model.events import UploadReceived, UploadStarted
from tests.server.model.lives import assembly, photo, upload
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


def test_an_upload_counts_once_among_the_files_that_came_in() -> None:
    life = assembly({"small": resize()}, uploads=1)
    upload(life, photo("a.jpg"))

    assert life.incoming == 1


def test_the_same_warning_is_kept_once() -> None:
    life = assembly({"small": resize()})

    life.warn("Lost.")
    life.warn("Lost.")

    assert life.warnings == [{"level": "warning", "msg": "Lost."}]
