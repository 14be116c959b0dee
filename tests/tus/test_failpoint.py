"""A failpoint kills when it is armed, and does nothing at all when it is not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tus import failpoint

ROOT = Path(__file__).parents[2]
PASS = """
import sys
from tus import failpoint

failpoint.arm(sys.argv[1])
for number in range(5):
    failpoint.failpoint("W9.after")
    print(number, flush=True)
"""


def passed(wish: str) -> tuple[int, list[str]]:
    """How a program ends that passes one failpoint five times, and how often it came past."""
    done = subprocess.run([sys.executable, "-c", PASS, wish], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.split()


@pytest.mark.parametrize(
    ("wish", "code", "times"),
    [("", 0, 5), ("W9.before=kill", 0, 5), ("W9.after=kill", -9, 0), ("W1.after=kill, W9.after=kill@3", -9, 2)],
)
def test_it_kills_at_the_passing_that_was_asked_for(wish: str, code: int, times: int) -> None:
    assert passed(wish) == (code, [str(number) for number in range(times)])


@pytest.mark.parametrize("wish", ["W99.after=kill", "W9.between=kill", "W9.after", "W9.after=sleep"])
def test_a_slip_is_no_failpoint(wish: str) -> None:
    with pytest.raises(ValueError, match="is no failpoint"):
        failpoint.arm(wish)


def test_each_name_stands_in_the_source_once() -> None:
    text = "\n".join(
        path.read_text("utf-8")
        for package in ("tus", "server")
        for path in (ROOT / package).rglob("*.py")
        if path.name != "failpoint.py"
    )
    rows = {row for row in failpoint.ROWS if text.count(f'"{row}"') == 1}  # one that stands for both its sides

    missing = [name for name in failpoint.NAMES if name.split(".")[0] not in rows and text.count(f'"{name}"') != 1]

    assert missing == []
