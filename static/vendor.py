"""Copies what the page takes from others out of static/node_modules, which is then no longer needed."""

import shutil
from pathlib import Path

HERE = Path(__file__).parent
UPPY = HERE / "node_modules" / "uppy"
VENDOR = HERE / "vendor"
FILES = {"dist/uppy.min.mjs": "uppy.min.mjs", "dist/uppy.min.css": "uppy.min.css", "LICENSE": "uppy.LICENSE.txt"}


def main() -> None:
    VENDOR.mkdir(exist_ok=True)
    for source, name in FILES.items():
        shutil.copyfile(UPPY / source, VENDOR / name)
    shutil.rmtree(HERE / "node_modules")


if __name__ == "__main__":
    main()
