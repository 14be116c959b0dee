"""A seal tells whether an ended Assembly is still what it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from server.model.assembly import Assembly
from server.model.events import Canceled
from server.model.seal import seal
from tests.server.model.lives import assembly, photo, result, run, started, upload
from tests.server.model.toys import resize


@pytest.fixture
def ended() -> Assembly:
    life = assembly({"small": resize()}, uploads=1)
    life.open(100.0)
    [job] = started(upload(life, photo("a.jpg")))
    run(life, job, result(job))
    return life


def rename(life: Assembly) -> None:
    first = next(iter(life.files.values()))
    life.files[first.file.id] = replace(first, file=replace(first.file, name="other.jpg"))


CHANGES: dict[str, Callable[[Assembly], object]] = {
    "another state": lambda life: setattr(life, "state", "failed"),
    "another end": lambda life: setattr(life, "finished", 999.0),
    "another error": lambda life: setattr(life, "error", {"error": "SERVER_500"}),
    "another name of a file": rename,
    "a file less": lambda life: life.files.popitem(),
    "an upload less": lambda life: life.uploads.popitem(),
    "a warning more": lambda life: life.warn("Late."),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_clients_read_of_an_end_is_sealed(ended: Assembly, change: str) -> None:
    before = seal(ended)
    assert seal(ended) == before

    CHANGES[change](ended)

    assert seal(ended) != before


def test_nothing_that_happens_after_an_end_breaks_its_seal(ended: Assembly) -> None:
    before = seal(ended)

    ended.receive(Canceled(999.0))

    assert seal(ended) == before
