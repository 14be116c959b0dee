"""The server starts with the sandbox that its settings ask for, or says what to do."""

from pathlib import Path

import pytest

from robots.tools.sandbox import probe
from server.config import Settings, WrongSetting
from server.sandbox import image_children, levels, sandbox_of


def test_the_best_that_works_is_taken_unless_another_is_asked_for() -> None:
    assert sandbox_of(Settings()).level == "bwrap"
    assert sandbox_of(Settings(sandbox="landlock")).level == "landlock"


def test_less_than_what_is_required_is_refused_with_the_way_to_get_it() -> None:
    with pytest.raises(WrongSetting, match=r"not to start with less than bwrap.*install bubblewrap"):
        sandbox_of(Settings(sandbox="rlimits", sandbox_require="bwrap"))


def test_one_that_was_asked_for_and_does_not_work_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "programs", dict)

    with pytest.raises(WrongSetting, match="there is no program bwrap"):
        sandbox_of(Settings(sandbox="bwrap"))


def test_the_doctor_tells_of_each_level() -> None:
    assert levels(Settings()) == ["bwrap: works", "landlock: works", "rlimits: works", "chosen: bwrap"]


def test_warm_children_see_uploads_results_and_scratch_and_nothing_else_of_the_data(tmp_path: Path) -> None:
    view = image_children(Settings(data=tmp_path)).view

    assert view.readable == [str(tmp_path / "files"), str(tmp_path / "uploads")]
    assert view.writable == [str(tmp_path / "scratch")]
