"""One command sets everything up, and says in a sentence when it cannot."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def make(*words: str, folder: Path = ROOT, path: str = os.environ["PATH"]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [shutil.which("make") or "make", *words],
        cwd=folder,
        env={"PATH": path, "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone that was never set up."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    return tmp_path


def test_alone_it_lists_what_can_be_made() -> None:
    listed = make().stdout

    targets = re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {"serve", "test", "help", "lock", "check", "clean"} <= set(targets)
    assert [target for target in targets if f"make {target} " not in listed] == []


def test_serve_installs_by_hashes_and_then_starts_with_the_settings(clone: Path) -> None:
    steps = make("-n", "serve", "ARGS=--port 9000", folder=clone).stdout

    order = ["-m venv .venv", "--require-hashes -r requirements/uv.txt", "--require-hashes -r requirements/serve.txt"]
    places = [steps.index(step) for step in [*order, "run.py serve --port 9000"]]
    assert places == sorted(places)
    assert "test.txt" not in steps


def test_a_second_serve_only_starts(clone: Path) -> None:
    (clone / ".venv/bin").mkdir(parents=True)
    for stamp in ("bin/python", ".uv", ".serve"):
        (clone / ".venv" / stamp).touch()

    assert make("-n", "serve", folder=clone).stdout.strip() == "exec .venv/bin/python run.py serve"


def test_an_old_python_is_refused_in_a_sentence(clone: Path) -> None:
    old = clone / "bin" / "python3"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\nexit 1\n")  # what the question "are you at least 3.11?" gets from an old one
    old.chmod(0o755)
    (clone / "bin" / "sh").symlink_to(shutil.which("sh") or "/bin/sh")

    done = make("serve", folder=clone, path=str(old.parent))

    assert done.returncode != 0
    assert done.stderr.startswith("Sluice needs Python 3.11 or newer")


def test_no_file_names_where_packages_come_from() -> None:
    files = [ROOT / "Makefile", ROOT / ".ci" / "run", *(ROOT / "requirements").iterdir()]
    files += [ROOT / "static" / "vendor.toml", ROOT / "tests" / "clients" / "vendor.toml"]

    assert [file.name for file in files if re.search(r"://|--(extra-)?index|find-links", file.read_text())] == []
