"""What a tool has left is read if it is a plain file of its own, and nothing that it leads to."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from robots.base.errors import ToolFailed
from robots.tools.leavings import bytes_of, text_of


def test_a_plain_file_is_read_as_far_as_it_may_go(tmp_path: Path) -> None:
    (path := tmp_path / "list").write_bytes(b"one\xfftwo")

    assert (bytes_of(path), bytes_of(path, 3), text_of(path)) == (
        b"one\xfftwo",
        b"one",
        "one\N{REPLACEMENT CHARACTER}two",
    )


@pytest.mark.case(116)
@pytest.mark.parametrize("left", [os.symlink, os.link, lambda _, path: os.mkfifo(path), lambda _, path: os.mkdir(path)])
def test_a_link_a_pipe_and_a_folder_are_refused(left: Callable[[Path, Path], None], tmp_path: Path) -> None:
    (theirs := tmp_path / "theirs").write_text("of somebody else")
    left(theirs, tmp_path / "list")

    with pytest.raises(ToolFailed, match="list"):
        bytes_of(tmp_path / "list")


def test_what_is_not_there_is_told_by_name_alone(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match=r"^The file list that a tool should leave cannot be read\.$"):
        bytes_of(tmp_path / "list")
