"""The tables of the README, written from the code; `make docs` puts them in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from robots.base.catalog import Catalog
from robots.base.params import Params
from robots.base.robot import Robot
from server.config import SHOWN, TABLE, shown_default

README = Path(__file__).parent.parent / "README.md"


def settings_table() -> str:
    rows = [(f"`{name}`", shown_default(name), TABLE[name].metadata["help"]) for name in SHOWN]
    return _table(("setting", "default", "what it is"), rows)


def robots_table() -> str:
    catalog = Catalog()
    robots = [catalog.get(name) for name in catalog.names()]
    return _table(("robot", "what it does"), [(f"`{robot.name}`", purpose(robot)) for robot in robots])


def purpose(robot: type[Robot[Params]]) -> str:
    """The first sentence of a robot's own docstring."""
    words = " ".join((robot.__doc__ or "").split())
    return words.partition(". ")[0].rstrip(".") + "."


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
