"""Where the programs are."""

from pathlib import Path

import pytest

from robots.base.errors import ToolMissing
from robots.tools.programs import BUNDLED, HOW_TO_GET, LIBRARIES, Programs


@pytest.mark.parametrize("name", BUNDLED)
def test_a_bundled_program_is_there_without_any_setting(name: str) -> None:
    found = Programs().where(name)

    assert found is not None
    assert (found.source, found.path.is_file()) == ("bundled", True)


def test_a_path_that_is_set_wins() -> None:
    found = Programs({"ffmpeg": "/bin/sh"}).where("ffmpeg")

    assert found is not None
    assert (found.source, found.path) == ("setting", Path("/bin/sh"))


def test_a_path_that_leads_nowhere_is_not_quietly_replaced() -> None:
    assert Programs({"ffmpeg": "/nowhere/ffmpeg"}).find("ffmpeg") is None


def test_other_programs_are_looked_for_on_path() -> None:
    found = Programs().where("sh")

    assert found is not None
    assert found.source == "PATH"


def test_a_program_that_is_missing_is_told_with_the_way_to_get_it() -> None:
    with pytest.raises(ToolMissing, match=r"^no-such-thing is not installed on this server: install no-such-thing\.$"):
        Programs().need("no-such-thing")


def test_each_tool_that_we_know_says_how_to_get_it() -> None:
    assert BUNDLED.keys() | LIBRARIES.keys() <= HOW_TO_GET.keys()
