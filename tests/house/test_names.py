"""The name is the path: of a robot, of its class and of its test."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from robots.base.catalog import Catalog
from robots.base.params import Params, has_variable
from robots.base.robot import Robot
from robots.tools.programs import HOW_TO_GET

ROOT = Path(__file__).parent.parent.parent
# Instructions of a step that no robot sees.
STEP_KEYS = {"robot", "use", "result", "ignore_errors", "force_accept", "output_meta", "queue", "interpolate"}
FILLED_IN = {"credentials"}  # the engine puts what they hold into the other parameters
# Families whose members keep one promise share one suite: tests/server/queue/test_queue.py.
SHARED_SUITES = {"tus/stores", "tus/lockers", "server/database", "server/queue", "server/bus"}
# What is one part of something whose test goes through all its lines; a folder stands for its files.
TESTED_THROUGH = {
    Path("robots/base/errors.py"): "tests/robots/tools/test_pool.py",
    Path("robots/tools/browser"): "tests/robots/html/test_convert.py",
    **dict.fromkeys(
        (Path(f"robots/tools/{name}.py") for name in ("members", "sevenzip", "unpacking", "wrappings")),
        "tests/robots/file/test_decompress.py",
    ),
    Path("robots/tools/packing.py"): "tests/robots/file/test_compress.py",
    Path("robots/tools/clamav.py"): "tests/robots/file/test_virusscan.py",
    Path("server/toolbox.py"): "tests/security/test_archives.py",
    Path("robots/tools/child.py"): "tests/robots/tools/test_pool.py",
    Path("robots/tools/children.py"): "tests/robots/tools/test_process.py",
    **dict.fromkeys(
        (
            Path(f"robots/tools/sandbox/{name}.py")
            for name in (
                "handles",
                "landlock",
                "launch",
                "launcher",
                "orders",
                "seccomp",
                "tree",
                "watchdog",
            )
        ),
        "tests/robots/tools/sandbox/test_spies.py",
    ),
    Path("robots/tools/clips.py"): "tests/robots/video/test_concat.py",
    Path("robots/tools/outcome.py"): "tests/robots/video/test_encode.py",
    Path("robots/tools/animation.py"): "tests/robots/file/test_preview.py",
    Path("robots/tools/libreoffice.py"): "tests/robots/document/test_convert.py",
    Path("robots/tools/pandoc.py"): "tests/robots/document/test_convert.py",
    Path("robots/tools/cues.py"): "tests/robots/video/test_subtitle.py",
    Path("robots/tools/failures.py"): "tests/robots/tools/test_http.py",
    Path("robots/tools/gcs.py"): "tests/robots/storage/test_google.py",
    Path("robots/tools/hop.py"): "tests/robots/tools/test_http.py",
    Path("robots/tools/images"): "tests/robots/image/test_resize.py",
    Path("robots/tools/hls.py"): "tests/robots/video/test_adaptive.py",
    Path("robots/tools/manifest.py"): "tests/robots/video/test_adaptive.py",
    Path("robots/tools/rendition.py"): "tests/robots/video/test_adaptive.py",
    Path("robots/tools/reel.py"): "tests/robots/video/test_concat.py",
    Path("robots/tools/seams.py"): "tests/robots/video/test_concat.py",
    Path("robots/tools/likeness.py"): "tests/robots/file/test_preview.py",
    Path("robots/tools/ranges.py"): "tests/robots/storage/test_http.py",
    **dict.fromkeys(
        (Path(f"robots/tools/remote/{name}.py") for name in ("library", "sftp", "ssh")),
        "tests/robots/storage/test_sftp.py",
    ),
    **dict.fromkeys(
        (Path(f"robots/tools/remote/{name}.py") for name in ("ftp", "params", "wire")),
        "tests/robots/storage/test_ftp.py",
    ),
    **dict.fromkeys(
        (Path(f"robots/tools/remote/{name}.py") for name in ("blocks", "complaints", "robots", "server", "session")),
        "tests/robots/storage/test_remote.py",
    ),
    **dict.fromkeys(
        (Path(f"robots/tools/s3/{name}.py") for name in ("fetching", "params", "robots")),
        "tests/robots/storage/test_s3.py",
    ),
    **dict.fromkeys(
        (Path(f"robots/tools/s3/{name}.py") for name in ("bucket", "sending", "storing")),
        "tests/robots/storage/test_s3_trouble.py",
    ),
    Path("robots/tools/slides.py"): "tests/robots/video/test_merge.py",
    Path("robots/tools/stage.py"): "tests/robots/video/test_merge.py",
    Path("robots/tools/slimmers"): "tests/robots/image/test_optimize.py",
    Path("robots/tools/slimming.py"): "tests/robots/image/test_optimize.py",
    Path("robots/tools/film.py"): "tests/robots/video/test_encode.py",
    Path("robots/tools/sound.py"): "tests/robots/audio/test_concat.py",
    Path("robots/tools/vips.py"): "tests/robots/image/test_resize.py",
    Path("robots/tools/waveform.py"): "tests/robots/audio/test_waveform.py",
    Path("server/api/access.py"): "tests/server/api/test_token.py",
    Path("server/api/scopes.py"): "tests/server/api/test_auth_keys.py",
    Path("server/engine/accounts.py"): "tests/server/test_accounts.py",
    Path("server/engine/auth_keys.py"): "tests/server/api/test_auth_keys.py",
    Path("server/engine/register.py"): "tests/server/test_accounts.py",
    Path("server/engine/tokens.py"): "tests/server/api/test_token.py",
    Path("server/api/assemblies.py"): "tests/acceptance/test_assemblies.py",
    Path("server/api/asked.py"): "tests/acceptance/test_templates.py",
    Path("server/api/body.py"): "tests/server/api/test_forms.py",
    **dict.fromkeys(
        (Path(f"server/api/{name}.py") for name in ("engineio3", "session")), "tests/server/api/test_socketio2.py"
    ),
    **dict.fromkeys(
        (Path(f"server/api/{name}.py") for name in ("openapi", "resumable", "told")),
        "tests/server/api/test_document.py",
    ),
    Path("server/api/notify_url.py"): "tests/server/api/test_notifications.py",
    Path("server/api/multipart.py"): "tests/server/api/test_forms.py",
    Path("server/api/part.py"): "tests/server/api/test_forms.py",
    Path("server/api/signed.py"): "tests/server/api/test_templates.py",
    Path("server/api/spool.py"): "tests/security/test_auth.py",
    Path("server/api/watch.py"): "tests/server/api/test_sse.py",
    Path("server/engine/additions.py"): "tests/server/api/test_additions.py",
    Path("server/engine/begun.py"): "tests/security/test_uploads.py",
    Path("server/engine/courier.py"): "tests/server/engine/test_notifier.py",
    Path("server/engine/credentials.py"): "tests/server/api/test_credentials.py",
    Path("server/engine/kept.py"): "tests/server/api/test_templates.py",
    Path("server/engine/outbox.py"): "tests/server/engine/test_notifier.py",
    Path("server/engine/delivery.py"): "tests/server/api/test_smart_cdn.py",
    Path("server/engine/quota.py"): "tests/security/test_graph.py",
    Path("server/engine/replays.py"): "tests/server/api/test_replays.py",
    Path("server/engine/reports.py"): "tests/server/api/test_reports.py",
    Path("server/engine/templates.py"): "tests/server/api/test_templates.py",
    Path("server/engine/ticket.py"): "tests/security/test_auth.py",
    Path("server/pages.py"): "tests/acceptance/test_documents.py",
    Path("server/limits.py"): "tests/server/test_app.py",
    Path("server/parts.py"): "tests/server/test_app.py",
    Path("server/routes.py"): "tests/server/test_app.py",
    Path("server/model/addresses.py"): "tests/server/model/test_status.py",
    Path("server/model/file_status.py"): "tests/server/model/test_status.py",
    Path("server/model/listed.py"): "tests/server/api/test_lists.py",
    Path("server/model/replay.py"): "tests/server/api/test_replays.py",
    Path("server/model/payload.py"): "tests/server/api/test_notifications.py",
    Path("server/model/plan.py"): "tests/server/model/test_assembly.py",
    Path("tus/errors.py"): "tests/tus/test_handler.py",
    Path("tus/hooks.py"): "tests/tus/test_handler.py",
    Path("tus/locker.py"): "tests/tus/lockers/test_memory.py",
    Path("tus/replies.py"): "tests/tus/test_handler.py",
    Path("tus/upload.py"): "tests/tus/test_store.py",
}

ROBOTS = [Catalog().get(name) for name in Catalog().names()]
SOURCES = [
    path.relative_to(ROOT) for package in ("tus", "robots", "server") for path in sorted((ROOT / package).rglob("*.py"))
]

ROBOT_SOURCE = "".join((ROOT / source).read_text("utf-8") for source in SOURCES if source.parts[0] == "robots")


def step_params(step: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in step.items() if name not in STEP_KEYS}


def holds_code(path: Path) -> bool:
    """Whether a file has functions of its own; a list of names or a Protocol needs no test."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and not is_protocol(node)]
    bodies = [tree.body, *(node.body for node in classes)]
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for body in bodies for node in body)


def is_protocol(node: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id == "Protocol" for base in node.bases)


def places(source: Path) -> list[Path]:
    """Where the test of a file may lie."""
    folder = ROOT / "tests" / source.parent
    shared = [folder / f"test_{folder.name}.py"] if str(source.parent) in SHARED_SUITES else []
    return [folder / f"test_{source.name}", *shared]


@pytest.mark.parametrize("robot", ROBOTS, ids=lambda robot: robot.name)
class TestEachRobot:
    def test_is_named_after_its_file(self, robot: type[Robot[Params]]) -> None:
        _, family, stem = robot.name.split("/")
        provided = robot.__module__.startswith("robots.storage.")

        assert robot.__module__ == (f"robots.storage.{family}" if provided else f"robots.{family}.{stem}")
        assert robot.__name__.lower() == f"{family}{stem}robot"

    def test_says_what_it_does(self, robot: type[Robot[Params]]) -> None:
        assert "__doc__" in vars(robot)
        assert (robot.__doc__ or "").strip()

    def test_has_an_example_that_is_valid(self, robot: type[Robot[Params]]) -> None:
        steps = {name: step for name, step in robot.example.items() if step["robot"] == robot.name}

        assert steps
        for step in steps.values():
            params = step_params(step)
            robot.model.check(params, frozenset(name for name, value in params.items() if has_variable(value)))

    def test_explains_each_parameter(self, robot: type[Robot[Params]]) -> None:
        silent = [name for name, field in robot.model.model_fields.items() if not field.description]

        assert not silent

    def test_heeds_each_parameter_or_says_that_it_does_not(self, robot: type[Robot[Params]]) -> None:
        silent = [
            name
            for name, field in robot.model.model_fields.items()
            if name not in FILLED_IN
            and not re.search(rf"""[."']{name}\b""", ROBOT_SOURCE)
            and not (field.description or "").startswith("Accepted")
        ]

        assert not silent, f"{silent} are read nowhere: use them, or let their words begin with Accepted."

    def test_names_tools_that_the_doctor_knows(self, robot: type[Robot[Params]]) -> None:
        assert set(robot.tools) <= HOW_TO_GET.keys()


def is_tested(source: Path) -> bool:
    through = source in TESTED_THROUGH or source.parent in TESTED_THROUGH
    return through or any(place.is_file() for place in places(source))


def test_each_source_file_has_its_test_file() -> None:
    untested = [str(source) for source in SOURCES if holds_code(source) and not is_tested(source)]

    why = "Write tests/<path>/test_<name>.py, or say in TESTED_THROUGH which test goes through it."
    assert not untested, "\n".join([*untested, why])


def test_what_is_tested_through_another_test_says_which() -> None:
    wrong = [
        source for source, test in TESTED_THROUGH.items() if not ((ROOT / source).exists() and (ROOT / test).is_file())
    ]

    assert not wrong, f"Of these the file or its test is gone: {', '.join(map(str, wrong))}"
