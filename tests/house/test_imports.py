"""Imports fall: who may import whom, and why."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("tus", "robots", "server")
FAMILIES_BELOW = {"base", "tools", "probe"}  # what a family of robots may use, besides itself
VARIANTS = {"base", "__init__"}
WEB = (
    *("tus/body.py", "tus/handler.py", "tus/hooks.py", "tus/replies.py", "tus/sink.py"),
    *("server/app.py", "server/routes.py", "server/api/"),
)
BY_NAME = {
    *("robots/base/catalog.py", "robots/tools/child.py"),
    *("robots/tools/remote/sftp.py", "robots/tools/s3/bucket.py"),
}
ENVIRONMENT = {"server/config.py", "robots/tools/children.py"}
IMPURE = {
    "asyncio",
    "aiohttp",
    "aiofiles",
    "time",
    "os",
    "sqlite3",
    "subprocess",
    "socket",
    "tempfile",
    "shutil",
    "threading",
    "secrets",
}


@dataclass(frozen=True)
class Import:
    """One import: the file, the line, the module that is named, and whether it stands in a function."""

    file: str
    line: int
    module: str
    inside: bool

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.module}"


@cache
def sources() -> dict[str, ast.Module]:
    files = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text("utf-8")) for path in [*files, ROOT / "run.py"]}


@cache
def imports() -> tuple[Import, ...]:
    return tuple(found for file, tree in sources().items() for found in _imports(file, tree, False))


def _imports(file: str, node: ast.AST, inside: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(file, child.lineno, alias.name, inside) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            yield from (Import(file, child.lineno, f"{child.module}.{alias.name}", inside) for alias in child.names)
        elif not isinstance(child, ast.expr):
            yield from _imports(file, child, inside or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef))


def of(package: str) -> list[Import]:
    return [found for found in imports() if found.file.startswith(f"{package}/")]


def goes_to(found: Import, *packages: str) -> bool:
    return any(f"{found.module}.".startswith(f"{package}.") for package in packages)


def none(found: list[Import], why: str) -> None:
    assert not found, "\n".join([*map(str, found), why])


@pytest.mark.parametrize(("package", "others"), [("tus", ("robots", "server")), ("robots", ("tus", "server"))])
def test_tus_and_robots_stand_alone(package: str, others: tuple[str, ...]) -> None:
    wrong = [found for found in of(package) if goes_to(found, *others)]

    none(wrong, f"{package} could be published alone: pass a value or a hook down to it instead.")


def test_a_family_of_robots_never_imports_another_family() -> None:
    wrong = [
        found
        for found in of("robots")
        if goes_to(found, "robots") and found.module.split(".")[1] not in FAMILIES_BELOW | {found.file.split("/")[1]}
    ]

    none(wrong, "What two families need belongs in robots/tools, robots/probe or robots/base.")


@pytest.mark.parametrize(("floor", "below"), [("base", {"base"}), ("tools", {"base", "tools"}), ("probe", set())])
def test_inside_robots_imports_fall_from_probe_to_tools_to_base(floor: str, below: set[str]) -> None:
    allowed = below or {"base", "tools", "probe"}
    wrong = [f for f in of(f"robots/{floor}") if goes_to(f, "robots") and f.module.split(".")[1] not in allowed]

    none(wrong, f"robots/{floor} lies under the families; it may know only {', '.join(sorted(allowed))}.")


def test_the_heart_is_pure() -> None:
    wrong = [
        found
        for found in of("server/model")
        if goes_to(found, *IMPURE)
        or (goes_to(found, *PACKAGES) and not goes_to(found, "robots.base", "server.errors", "server.model"))
    ]

    none(wrong, "server/model has no loop, no clock, no disk and no network, so that it can be tested without them.")


@pytest.mark.parametrize("floor", ["engine", "api"])
def test_only_the_app_knows_which_database_queue_and_bus_there_are(floor: str) -> None:
    cellar = ("server.database", "server.queue", "server.bus")
    wrong = [f for f in of(f"server/{floor}") if goes_to(f, *cellar) and f.module.split(".")[2] not in VARIANTS]

    none(wrong, "One process and many machines differ in server/parts.py: import the base.py and be handed the rest.")


@pytest.mark.parametrize(
    ("floor", "above"),
    [
        ("database", ("server.engine", "server.api", "server.app")),
        ("queue", ("server.engine", "server.api", "server.app")),
        ("bus", ("server.engine", "server.api", "server.app")),
        ("engine", ("server.api", "server.app")),
        ("api", ("server.app",)),
    ],
)
def test_inside_the_server_imports_fall(floor: str, above: tuple[str, ...]) -> None:
    wrong = [found for found in of(f"server/{floor}") if goes_to(found, *above)]

    none(wrong, "An import upwards makes a circle sooner or later: pass a value or an event instead.")


def test_the_web_framework_stays_at_the_door() -> None:
    wrong = [f for f in imports() if goes_to(f, "aiohttp.web") and not f.file.startswith(WEB)]

    none(wrong, "Only the door knows requests and responses; behind it there are Uploads, Files and events.")


def reads_environment(node: ast.AST) -> bool:
    words = {"environ", "getenv", "putenv"}
    if isinstance(node, ast.ImportFrom):
        return node.module == "os" and any(alias.name in words for alias in node.names)
    return (
        isinstance(node, ast.Attribute)
        and node.attr in words
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
    )


def test_only_the_settings_read_the_environment() -> None:
    readers = {file for file, tree in sources().items() for node in ast.walk(tree) if reads_environment(node)}

    wrong = ", ".join(sorted(readers - ENVIRONMENT))
    assert not wrong, f"{wrong}: a setting is a line of server/config.py and is handed on as a plain argument."


def test_imports_stand_at_the_head_of_a_file() -> None:
    wrong = [found for found in imports() if found.inside]

    none(wrong, "An import in a function hides what a file needs, and often a circle.")


def test_no_import_is_only_for_types() -> None:
    wrong = [found for found in imports() if found.module == "typing.TYPE_CHECKING"]

    none(wrong, "TYPE_CHECKING hides a circle: move what both need to the floor below.")


def test_modules_are_named_in_imports_except_where_names_are_paths() -> None:
    wrong = [found for found in imports() if goes_to(found, "importlib") and found.file not in BY_NAME]

    none(
        wrong, "Only the catalogue and warm children load what somebody names, and S3 and SFTP a library, in a thread."
    )


def test_there_is_no_circle() -> None:
    modules = {file[:-3].replace("/", ".").removesuffix(".__init__"): file for file in sources()}
    needs: dict[str, set[str]] = {module: set() for module in modules}
    for module, file in modules.items():
        for found in imports():
            if found.file == file:
                needs[module] |= {found.module, found.module.rpartition(".")[0]} & modules.keys() - {module}

    while leaves := {module for module, needed in needs.items() if not needed & needs.keys()}:
        needs = {module: needed for module, needed in needs.items() if module not in leaves}

    assert not needs, f"These modules need each other: {', '.join(sorted(needs))}"
