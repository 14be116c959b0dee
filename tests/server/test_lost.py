"""A database that is gone is not made anew beside files that it would not know."""

from __future__ import annotations

from pathlib import Path

import pytest

from server import lost
from server.accounts import account
from server.config import Settings, WrongSetting
from server.database.sqlite import DATABASE
from server.doctor import is_sound

FILE = Path("files", "ab", "ab" * 16, "cd" * 16)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with a file and nothing else."""
    (tmp_path / FILE).parent.mkdir(parents=True)
    (tmp_path / FILE).touch()
    return tmp_path


def test_a_folder_is_whole_with_its_database_or_without_files(data: Path) -> None:
    assert lost.sentence(data)

    (data / DATABASE).touch()
    assert lost.sentence(data)
    (data / DATABASE).write_text("SQLite")
    assert lost.sentence(data) is None
    (data / DATABASE).unlink()
    (data / FILE).unlink()
    assert lost.sentence(data) is None


@pytest.mark.case(121)
def test_neither_an_account_nor_the_doctor_takes_such_a_folder_for_a_new_one(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(WrongSetting, match="is gone or empty"):
        account(Settings(data=data), ["add", "acme"])

    assert not is_sound(data)
    assert "is gone or empty" in capsys.readouterr().out
    assert not (data / DATABASE).exists()
