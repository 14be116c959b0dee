"""In CI a skipped test is a failure."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SKIPPED = 'import pytest\n\n@pytest.mark.skip(reason="not today")\ndef test_one(): ...\n\ndef test_two(): ...\n'


@pytest.mark.parametrize(
    ("words", "variables", "code"),
    [([], {}, 0), ([], {"CI": "true"}, 1), (["-p", "xdist", "-n", "1"], {"CI": "true"}, 1)],
)
def test_a_skipped_test_fails_the_run_in_ci_only(
    tmp_path: Path, words: list[str], variables: dict[str, str], code: int
) -> None:
    (tmp_path / "test_skipped.py").write_text(SKIPPED)
    kept = {name: value for name, value in os.environ.items() if name != "CI" and "PYTEST" not in name}
    environment = {**kept, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}

    alone = ["-c", os.devnull, "--rootdir", str(tmp_path), "-p", "tests.skips"]
    argv = [sys.executable, "-m", "pytest", "-q", *alone, str(tmp_path), *words]
    done = subprocess.run(argv, cwd=tmp_path, env=environment | variables, capture_output=True, text=True, check=False)

    assert "1 passed, 1 skipped" in done.stdout
    assert done.returncode == code
