"""The settings file, and the folder in which it is looked for."""

import subprocess
import sys
from pathlib import Path

import pytest

from server import settings_file
from server.config import WrongSetting, read
from server.settings_file import Unreadable
from tests.forked import ROOT

# Root may use every folder, unless it gives up the two rights by which it does; they go with the next program.
CLOSED = """
import ctypes, os, sys
[ctypes.CDLL(None).prctl(24, right, 0, 0, 0) for right in (1, 2)]
os.chmod(".", 0)
os.execv(sys.executable, [sys.executable, "-c", sys.argv[1]])
"""


def test_the_usual_file_is_that_of_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert settings_file.usual() is None

    (tmp_path / "sluice.toml").write_text("port = 1\n")

    assert settings_file.usual() == Path("sluice.toml")
    assert settings_file.content(Path("sluice.toml")) == {"port": 1}


@pytest.mark.parametrize(("words", "told"), [("port =", "is not TOML"), (None, "cannot be read: No such file")])
def test_what_cannot_be_read_is_told(tmp_path: Path, words: str | None, told: str) -> None:
    path = tmp_path / "own.toml"
    if words is not None:
        path.write_text(words)

    with pytest.raises(Unreadable, match=told):
        settings_file.content(path)


@pytest.mark.parametrize("flags", [{"port": "0"}, {"config": "/dev/null"}])
def test_a_start_in_a_folder_that_was_removed_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: dict[str, str]
) -> None:
    (here := tmp_path / "here").mkdir()
    monkeypatch.chdir(here)
    here.rmdir()

    with pytest.raises(WrongSetting, match=r"^the current folder cannot be used: No such file or directory\. Start in"):
        read(flags, {})

    assert read({"data": str(tmp_path)}, {}).data == tmp_path


@pytest.mark.parametrize("act", ["usual", "check_here"])
def test_a_folder_that_may_not_be_used_is_told(tmp_path: Path, act: str) -> None:
    (here := tmp_path / "here").mkdir()
    asked = f"import sys; sys.path.insert(0, '{ROOT}'); from server import settings_file as file; file.{act}()"

    done = subprocess.run(
        [sys.executable, "-c", CLOSED, asked], cwd=here, capture_output=True, text=True, check=False, timeout=60
    )

    assert "Unreadable: the current folder cannot be used: Permission denied. Start in another" in done.stderr
