"""The tables of the README, written from the code; `make docs` puts them in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from robots.base.catalog import Catalog
from robots.base.params import Params
from robots.base.robot import Robot
from robots.tools.conversions import SOURCES
from robots.tools.encoders import CONTAINERS
from robots.tools.images.formats import FORMS
from server.config import SHOWN, TABLE, shown_default
from server.model.schema import purpose

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PUBLISHED: dict[str, list[str]] = json.loads((ROOT / "robots" / "parameters.json").read_text("utf-8"))
# How a test asks for a file: samples.jpeg(folder), samples.sound(folder, "wav"), archives.rar.
SAMPLE = re.compile(r'\b(?:samples|archives)\.([a-z]\w+)(?:\(\w+, "(\w+)")?')
# And how it writes one of its own: tmp_path / "film.mkv", written(folder, "a.md", …), packed(folder, "docx").
OWN = re.compile(r'\b(?:tmp_path|folder)(?: / |, )"(?:[^"]*\.)?(\w+)"')
ALSO = {"video": "mp4", "sound": "mp3", "moving_jxl": "jxl", "archive": "zip", "zipped": "zip", "seven": "7z"}
ALSO |= {"jpg": "jpeg", "tarred": "tar", "compressed": "z", "lzipped": "lz", "uuencoded": "uu"}
PACKED = {"7z", "ar", "arj", "bz2", "cab", "cpio", "gz", "iso", "lha", "lz", "rar", "rar5", "rpm", "tar", "uu", "wim"}
PACKED |= {"xar", "zip"}
KINDS = {*FORMS, *SOURCES, *PACKED, *(held.ext for held in CONTAINERS.values()), "mka", "odp", "pdf", "z"}


def settings_table() -> str:
    rows = [(f"`{name}`", shown_default(name), TABLE[name].metadata["help"]) for name in SHOWN]
    return _table(("setting", "default", "what it is"), rows)


def robots_table() -> str:
    catalog = Catalog()
    robots = [catalog.get(name) for name in catalog.names()]
    rows = [(f"`{robot.name}`", purpose(robot), heeded(robot), needed(robot), media(robot)) for robot in robots]
    return _table(("robot", "what it does", "parameters", "tools", "tested with"), rows)


def heeded(robot: type[Robot[Params]]) -> str:
    """How many of the parameters that the API has for a robot change something here; others are only accepted."""
    known = {field.alias or name: field for name, field in robot.model.model_fields.items()}
    names = PUBLISHED[robot.name]
    done = [name for name in names if name in known and not (known[name].description or "").startswith("Accepted")]
    return f"{len(done)} of {len(names)}" if names else "none"


def needed(robot: type[Robot[Params]]) -> str:
    return ", ".join(robot.tools) or "none"


def media(robot: type[Robot[Params]]) -> str:
    """The kinds of files that the robot's tests ask for, or write themselves."""
    family, stem = robot.name.strip("/").split("/")
    folder, name = ("storage", family) if robot.__module__.startswith("robots.storage.") else (family, stem)
    tests = ROOT / "tests" / "robots" / folder
    text = "".join(path.read_text("utf-8") for path in [*tests.glob(f"test_{name}*.py"), *tests.glob("conftest.py")])
    words = [*(told or kind for kind, told in SAMPLE.findall(text)), *OWN.findall(text)]
    kinds = {ALSO.get(word, word) for word in map(str.lower, words)}
    return ", ".join(sorted(kinds & KINDS)) or "bytes"


def filled(readme: str) -> str:
    """The README with both tables as the code has them now."""
    for name, table in (("settings", settings_table()), ("robots", robots_table())):
        start, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        if start not in readme or end not in readme:
            raise ValueError(f"README.md has no place for the table of {name}.")
        before, _, rest = readme.partition(start)
        readme = before + start + table + "\n" + end + rest.partition(end)[2]
    return readme


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


if __name__ == "__main__":
    README.write_text(filled(README.read_text("utf-8")), "utf-8")
