"""The flags of the command line: one for each setting, in the groups and with the words of the table."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from itertools import groupby
from typing import Any, NoReturn

from server.config import SHOWN, TABLE, flag, nearest, shown_default
from server.values import SWITCH

COMMANDS = {
    "serve": "run the server; this is the default",
    "doctor": "list the tools of this machine and the robots that lack one, and examine --data",
    "account": "add, list, change and remove accounts; alone it says how",
}
EPILOG = "Each setting may also be a variable (SLUICE_PORT) or a line of sluice.toml (port = 8080)."


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def parse(argv: Sequence[str]) -> tuple[str, list[str], dict[str, str]]:
    """The command, the words that follow it, and the flags that were given, by the names of their settings."""
    parser = build()
    given, unknown = parser.parse_known_intermixed_args(argv)
    flags = dict(vars(given))
    command, words = flags.pop("command"), flags.pop("words")
    if unknown:
        name = unknown[0].partition("=")[0]
        parser.error(f"{name} is no setting{nearest(name, [flag(name) for name in TABLE])}")
    if command not in COMMANDS:
        parser.error(f"{command} is no command; there are {', '.join(COMMANDS)}.")
    if words and command != "account":
        parser.error(f"{command} takes no {words[0]}.")
    return command, words, flags


def build() -> Parser:
    width = min(shutil.get_terminal_size((120, 40)).columns, 140)
    parser = Parser(
        prog="run.py",
        usage="run.py [serve|doctor|account ...] [--setting VALUE ...]",
        description="\n".join(f"  {name:8}{words}" for name, words in COMMANDS.items()),
        epilog=EPILOG,
        formatter_class=lambda prog: argparse.RawDescriptionHelpFormatter(prog, max_help_position=38, width=width),
        allow_abbrev=False,
    )
    parser.add_argument("command", nargs="?", default="serve", help=argparse.SUPPRESS)
    parser.add_argument("words", nargs="*", help=argparse.SUPPRESS)
    for section, rows in groupby(TABLE.values(), lambda row: row.metadata["section"]):
        group = parser.add_argument_group(section)
        for row in rows:
            group.add_argument(flag(row.name), default=argparse.SUPPRESS, **_words(row.name))
    return parser


def _words(name: str) -> dict[str, Any]:
    about = TABLE[name].metadata
    if name not in SHOWN:
        return {"help": argparse.SUPPRESS}
    words = {"metavar": about["kind"].name, "help": f"{about['help']} [{shown_default(name)}]".replace("%", "%%")}
    return words | ({"nargs": "?", "const": "yes"} if about["kind"] is SWITCH else {})
