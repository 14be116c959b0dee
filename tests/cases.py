"""The table of security cases in SECURITY.md, written from tests/cases.toml and from the marks on the tests."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeGuard

ROOT = Path(__file__).parent.parent
TESTS = ROOT / "tests"
LIST = TESTS / "cases.toml"
SECURITY = ROOT / "SECURITY.md"
START, END = "<!-- cases -->\n", "<!-- end of cases -->"
FOREIGN = {"node_modules"}


@dataclass(frozen=True, slots=True, order=True)
class Shown:
    """A test that shows a case."""

    path: str
    name: str

    @property
    def link(self) -> str:
        return f"[{self.name.removeprefix('test_').replace('_', ' ')}]({self.path})"


def listed() -> tuple[dict[int, str], dict[int, str]]:
    """What each case is, and why some have no test yet."""
    known = tomllib.loads(LIST.read_text("utf-8"))
    cases, absent = ({int(number): words for number, words in known[name].items()} for name in ("cases", "absent"))
    return cases, absent


@cache
def marked() -> dict[int, list[Shown]]:
    """The tests of each case, from the syntax trees of all test files that name one."""
    found: defaultdict[int, list[Shown]] = defaultdict(list)
    for path in sorted(TESTS.rglob("test_*.py")):
        source = "" if FOREIGN & set(path.parts) else path.read_text("utf-8")
        if "mark.case(" in source:
            for number, name in marks(ast.parse(source)):
                found[number].append(Shown(str(path.relative_to(ROOT)), name))
    return {number: sorted(set(shown)) for number, shown in found.items()}


def marks(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Each number with the name of its test: a mark on a function, in its parameters, on a class or on the file."""
    tests = [node for node in ast.walk(tree) if is_test(node)]
    lists = [node for node in tree.body if isinstance(node, ast.Assign)]
    holders = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    for test in tests:
        names = {node.id for node in ast.walk(test) if isinstance(node, ast.Name)} | {"pytestmark"}
        used = [line.value for line in lists if names & {ast.unparse(target) for target in line.targets}]
        around = [mark for holder in holders if test in holder.body for mark in holder.decorator_list]
        for number in {number for part in (test, *used, *around) for number in numbers(part)}:
            yield number, test.name


def is_test(node: ast.AST) -> TypeGuard[ast.FunctionDef | ast.AsyncFunctionDef]:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")


def numbers(node: ast.AST) -> Iterator[int]:
    """The cases that are named anywhere in a piece of source."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "case":
            yield from (value for argument in call.args if isinstance(value := ast.literal_eval(argument), int))


def table() -> str:
    cases, absent = listed()
    tests = marked()
    lines = ["| | case | shown by |", "| --- | --- | --- |"]
    for number, words in cases.items():
        shown = "<br>".join(test.link for test in tests.get(number, ())) or f"not yet: {absent.get(number, '')}"
        lines.append(f"| {number} | {words} | {shown} |")
    return "\n".join(lines) + "\n"


def filled(text: str) -> str:
    """SECURITY.md with the table as the tests have it now."""
    if not re.search(re.escape(START) + ".*" + re.escape(END), text, re.DOTALL):
        raise ValueError("SECURITY.md has no place for the table of cases.")
    before, _, rest = text.partition(START)
    return before + START + table() + END + rest.partition(END)[2]


def without(numbers: Iterable[int], text: str) -> str:
    """cases.toml without the reasons for lacking tests that are there by now."""
    head, mark, absent = text.partition("[absent]\n")
    gone = tuple(f"{number} =" for number in numbers)
    return head + mark + "".join(line for line in absent.splitlines(keepends=True) if not line.startswith(gone))


if __name__ == "__main__":
    LIST.write_text(without(marked(), LIST.read_text("utf-8")), "utf-8")
    SECURITY.write_text(filled(SECURITY.read_text("utf-8")), "utf-8")
