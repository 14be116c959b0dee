"""Files and functions stay small enough to be understood before scrolling."""

import ast
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent.parent
SOURCES = [path for package in ("tus", "robots", "server") for path in sorted((ROOT / package).rglob("*.py"))]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions() -> dict[str, Function]:
    return {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": node
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def length(function: Function) -> int:
    """Lines of signature and body, without the docstring."""
    words = function.body[0] if ast.get_docstring(function, clean=False) else None
    lines = (function.end_lineno or 0) - function.lineno + 1
    return lines - ((words.end_lineno or 0) - words.lineno + 1 if words else 0)


def is_table(function: Function) -> bool:
    """One statement, such as a list of routes, is read like a list however long it is."""
    return len(function.body) - bool(ast.get_docstring(function)) <= 1


def test_no_function_is_longer_than_a_screen_unless_it_is_a_table() -> None:
    long = {place: length(node) for place, node in functions().items() if length(node) > 60 and not is_table(node)}

    assert not long, "Let it tell the story, and each act be a function of its own."


def test_half_of_all_functions_are_short() -> None:
    assert median(map(length, functions().values())) <= 12


def test_no_file_holds_two_nouns() -> None:
    large = {str(path.relative_to(ROOT)): lines for path in SOURCES if (lines := path.read_text().count("\n")) > 300}

    assert not large, "Beyond 300 lines there is a second noun inside: give it a file."


def test_each_file_says_in_its_first_line_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT)) for path in SOURCES if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]

    assert not silent, "The first line is a docstring of one sentence."
