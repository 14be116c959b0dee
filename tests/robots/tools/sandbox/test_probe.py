"""The best sandbox that works is found by trying, and what does not work says what to do."""

import pytest

from robots.tools.sandbox import probe
from robots.tools.sandbox.command import Sandbox
from robots.tools.sandbox.ground import ground


def test_the_best_that_works_is_taken() -> None:
    assert probe.find().level == "bwrap"


def test_a_level_can_be_asked_for() -> None:
    assert probe.find("landlock").level == "landlock"


def test_without_bubblewrap_its_level_does_not_work() -> None:
    assert probe.failure(Sandbox("bwrap", ground(), {})) == "there is no program bwrap"


def test_a_sandbox_that_hides_nothing_is_found_out() -> None:
    leaky = Sandbox("landlock", ("/",), probe.programs())

    assert probe.failure(leaky) == "a child could read what it must not"


def test_a_level_that_does_not_work_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "programs", dict)

    with pytest.raises(probe.Unavailable, match="install bubblewrap"):
        probe.find("bwrap")
