"""Brings single files out of packages of npm: `vendor.py LIST NPM`, into the folder `vendor` beside the list.

Each package comes as it was packed, without what it depends on, and only with the hash that the list pins.
"""

import hashlib
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from base64 import b64encode
from pathlib import Path
from typing import Any


def main(listed: Path, *npm: str) -> None:
    packages: dict[str, dict[str, Any]] = tomllib.loads(listed.read_text())
    with tempfile.TemporaryDirectory() as folder:
        pack = (*npm, "pack", "--loglevel=error", "--ignore-scripts", "--pack-destination", folder)
        subprocess.run([*pack, *packages], stdout=subprocess.DEVNULL, check=True)
        packed = {integrity(path): path for path in Path(folder).iterdir()}
        for name, package in packages.items():
            if package["integrity"] not in packed:
                sys.exit(f"npm brought another {name} than the one that is pinned in {listed}.")
            unpack(packed[package["integrity"]], package["files"], listed.parent / "vendor")


def integrity(path: Path) -> str:
    return f"sha512-{b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()}"


def unpack(archive: Path, files: dict[str, str], target: Path) -> None:
    """`files` are names in the package, and what each is called here."""
    target.mkdir(exist_ok=True)
    with tarfile.open(archive, "r:gz") as members:
        for source, name in files.items():
            content = members.extractfile(f"package/{source}")
            (target / name).write_bytes(content.read())  # type: ignore[union-attr]  # no folder is listed


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), *sys.argv[2:])
    except subprocess.CalledProcessError as failed:
        sys.exit(failed.returncode)
