"""The access key and its secret are given, or made once and kept."""

import json
import re
import stat
from pathlib import Path

import pytest

from server.config import Settings, WrongSetting
from server.keys import are_known, with_keys


@pytest.mark.case(93)
def test_the_first_start_makes_keys_that_the_second_finds(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "deep" / "data")

    before, first, after, second = are_known(settings), with_keys(settings), are_known(settings), with_keys(settings)

    assert (before, after) == (False, True)
    assert first == second
    assert re.fullmatch(r"[0-9a-f]{32}", first.auth_key or "")
    assert len(first.auth_secret or "") >= 40


@pytest.mark.case(93)
def test_only_the_owner_may_read_them(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")

    with_keys(settings)

    assert stat.S_IMODE(settings.data.stat().st_mode) == 0o700
    assert stat.S_IMODE((settings.data / "auth.json").stat().st_mode) == 0o600
    assert [path.name for path in settings.data.iterdir()] == ["auth.json"]


@pytest.mark.case(93)
def test_each_server_has_keys_of_its_own(tmp_path: Path) -> None:
    made = [with_keys(Settings(data=tmp_path / name)) for name in "abc"]

    assert len({settings.auth_key for settings in made} | {settings.auth_secret for settings in made}) == 6


def test_keys_that_are_given_are_used_and_not_kept(tmp_path: Path) -> None:
    settings = with_keys(Settings(data=tmp_path / "data", auth_key="mine", auth_secret="hush"))

    assert (settings.auth_key, settings.auth_secret) == ("mine", "hush")
    assert list(settings.data.iterdir()) == []


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps({"key": "only"})])
def test_a_damaged_file_of_keys_is_not_quietly_replaced(tmp_path: Path, text: str) -> None:
    (tmp_path / "auth.json").write_text(text)

    with pytest.raises(WrongSetting, match="remove it to have new ones made"):
        with_keys(Settings(data=tmp_path))

    assert (tmp_path / "auth.json").read_text() == text


def test_a_data_folder_that_cannot_be_one_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").touch()

    with pytest.raises(WrongSetting, match=r"data cannot be the data folder: File exists\.$"):
        with_keys(Settings(data=tmp_path / "data"))
