"""The README says what the code says."""

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from robots.base.robot import Robot
from server.config import SHOWN
from server.docs import README, filled, robots_table, settings_table
from tests.robots.workspace import Bench, file_at, run


@pytest.mark.parametrize("table", [settings_table, robots_table])
def test_a_table_of_the_readme_is_the_one_of_the_code(table: object) -> None:
    assert callable(table)
    assert table() in README.read_text("utf-8"), "make docs writes the tables anew."


def test_filling_in_the_tables_changes_nothing() -> None:
    text = README.read_text("utf-8")

    assert filled(text) == text


def test_each_setting_is_in_the_readme_once() -> None:
    text = README.read_text("utf-8")

    assert [name for name in SHOWN if text.count(f"| `{name}` |") != 1] == []


async def test_the_robot_that_the_readme_writes_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (source,) = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    module = ModuleType("written_in_the_readme")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(source, "README.md", "exec"), vars(module))
    robot = module.FileHashRobot
    assert issubclass(robot, Robot)
    (tmp_path / "abc").write_bytes(b"abc")

    (result,) = await run(robot, {"algorithm": "md5"}, [file_at(tmp_path / "abc")], Bench(tmp_path))

    assert result.meta == {"md5": "900150983cd24fb0d6963f7d28e17f72"}
