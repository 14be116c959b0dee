"""What a job may touch."""

import resource
from pathlib import Path

import pytest

from robots.base.errors import ToolMissing
from server.engine.workspace import JobWorkspace, Toolbox, remove_left, scratch


def test_the_scratch_folder_is_gone_afterwards_whatever_happened(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        _break_in(tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_what_an_earlier_run_left_is_not_seen(tmp_path: Path) -> None:
    (tmp_path / "job").mkdir()
    (tmp_path / "job" / "old").write_text("left behind")

    with scratch(tmp_path, "job") as folder:
        assert list(folder.iterdir()) == []


@pytest.mark.case(114)
def test_what_cannot_be_removed_for_lack_of_descriptors_is_not_in_the_way_and_goes_later(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    with scratch(tmp_path, "job") as folder:
        (folder / "half").write_text("done")
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, before[1]))
    with pytest.raises(OSError, match="Too many open files"):
        (tmp_path / "other").touch()
    resource.setrlimit(resource.RLIMIT_NOFILE, before)
    with scratch(tmp_path, "job") as folder:
        assert list(folder.iterdir()) == []

    remove_left(tmp_path)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.case(114)
def test_a_folder_that_cannot_be_emptied_is_told_as_what_it_is(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    (tmp_path / "job").mkdir()
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, before[1]))

    try:
        with pytest.raises(OSError, match="Too many open files"), scratch(tmp_path, "job"):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_job_that_needs_no_folder_makes_none(tmp_path: Path) -> None:
    workspace = JobWorkspace(tmp_path / "job", Toolbox(), lambda fraction: None)
    workspace.close()
    assert list(tmp_path.iterdir()) == []

    workspace.fresh("a.txt").touch()
    workspace.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../../etc/passwd.txt", "a b.txt", "x" * 300 + ".txt"])
def test_fresh_paths_keep_no_more_of_a_name_than_its_ending(tmp_path: Path, name: str) -> None:
    workspace = JobWorkspace(tmp_path, Toolbox(), lambda fraction: None)

    assert workspace.fresh(name) == tmp_path / "1.txt"
    assert workspace.fresh(name) == tmp_path / "2.txt"


def test_progress_stays_between_nothing_and_all(tmp_path: Path) -> None:
    told: list[float] = []
    workspace = JobWorkspace(tmp_path, Toolbox(), told.append)

    workspace.progress(-1)
    workspace.progress(7)

    assert told == [0.0, 1.0]


def test_the_same_warning_is_kept_once(tmp_path: Path) -> None:
    workspace = JobWorkspace(tmp_path, Toolbox(), lambda fraction: None)

    workspace.warn("Lost.")
    workspace.warn("Lost.")

    assert workspace.warnings == ["Lost."]


def test_tools_are_found_by_their_class(tmp_path: Path) -> None:
    workspace = JobWorkspace(tmp_path, Toolbox({"a": 1}), lambda fraction: None)

    assert workspace.tool(dict) == {"a": 1}
    with pytest.raises(ToolMissing):
        workspace.tool(list)


def _break_in(parent: Path) -> None:
    with scratch(parent, "job") as folder:
        (folder / "half").mkdir()
        raise KeyError("no")
