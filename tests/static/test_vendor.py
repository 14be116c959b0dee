"""Files come out of packages with the pinned hash, and of no others."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clients.nodejs import NODE
from tests.forked import ROOT

NPM = (str(NODE), str(NODE.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"))


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The sources of a package, of which npm makes the same archive each time."""
    source = tmp_path / "package"
    (source / "dist").mkdir(parents=True)
    (source / "package.json").write_text(json.dumps({"name": "a-player", "version": "1.0.0"}))
    (source / "dist" / "player.js").write_text("export {}\n")
    return source


def vendored(package: Path, integrity: str) -> subprocess.CompletedProcess[str]:
    listed = package.parent / "vendor.toml"
    listed.write_text(f'["{package}"]\nintegrity = "{integrity}"\nfiles."dist/player.js" = "small.js"\n')
    program = (sys.executable, str(ROOT / "static" / "vendor.py"), str(listed), *NPM)
    return subprocess.run(program, capture_output=True, text=True, check=False)


def test_only_what_the_list_names_comes_out_of_a_package(package: Path) -> None:
    packed = subprocess.run((*NPM, "pack", "--dry-run", "--json", package), capture_output=True, text=True, check=True)

    done = vendored(package, json.loads(packed.stdout)[0]["integrity"])

    assert (done.returncode, done.stderr) == (0, "")
    assert [(path.name, path.read_text()) for path in (package.parent / "vendor").iterdir()] == [
        ("small.js", "export {}\n")
    ]


def test_a_package_with_another_hash_is_refused_in_a_sentence(package: Path) -> None:
    done = vendored(package, "sha512-other==")

    assert done.returncode == 1
    assert re.fullmatch(r"npm brought another .*/package than the one that is pinned in .*/vendor.toml.\n", done.stderr)
    assert not (package.parent / "vendor").exists()
