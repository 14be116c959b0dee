"""Every child may read the programs of the machine, and nothing of its users."""

import sys
from pathlib import Path

import orjson

from robots.tools.sandbox.ground import ground
from robots.tools.sandbox.view import is_beneath


def test_python_and_its_libraries_lie_on_it() -> None:
    for path in (sys.executable, sys.base_prefix, str(orjson.__file__), "/bin/sh"):
        assert is_beneath(path, ground())


def test_homes_secrets_and_what_changes_do_not() -> None:
    for path in ("/etc/passwd", "/etc/shadow", "/root/.ssh", "/home", "/run", "/var/lib", "/tmp", "/proc", "/sys"):
        assert not is_beneath(path, ground())


def test_a_data_folder_inside_a_folder_of_programs_is_cut_out(tmp_path: Path) -> None:
    for name in ("programs/bin", "programs/data"):
        (tmp_path / name).mkdir(parents=True)

    found = ground(hidden=[tmp_path / "programs" / "data"], more=[tmp_path / "programs"])

    assert is_beneath(str(tmp_path / "programs" / "bin"), found)
    assert not is_beneath(str(tmp_path / "programs" / "data"), found)
