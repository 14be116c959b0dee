"""No worker is left alone with a long test."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
TESTS = """import pytest

def test_a(): ...
def test_b(): ...
@pytest.mark.long
def test_c(): ...
def test_d(): ...
@pytest.mark.long
def test_e(): ...
"""


def test_each_worker_begins_with_its_share_of_the_long_ones(tmp_path: Path) -> None:
    (tmp_path / "test_long.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = long\n")
    kept = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    variables = {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_XDIST_WORKER_COUNT": "2"}

    argv = [sys.executable, "-m", "pytest", "-p", "tests.order", "--collect-only", "-q", str(tmp_path)]
    done = subprocess.run(argv, cwd=tmp_path, env=kept | variables, capture_output=True, text=True, check=False)

    assert [line[-1] for line in done.stdout.splitlines() if "::" in line] == ["c", "a", "b", "e", "d"]
