"""Finds out which sandbox works on this machine, by running one child in each."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from robots.tools.sandbox.command import LEVELS, Level, Sandbox
from robots.tools.sandbox.ground import ground
from robots.tools.sandbox.handles import Handles
from robots.tools.sandbox.limits import Limits
from robots.tools.sandbox.view import View

PROGRAMS = ("bwrap", "prlimit", "setpriv")
SECONDS = 20.0
# Reads what it may, and must not be able to read what it may not.
TRIAL = 'cat "$1" || exit 1; if cat "$2" 2>/dev/null; then exit 3; fi'
TRIAL_OF_LIMITS = 'cat "$1"'
HELP: dict[Level, str] = {
    "bwrap": "install bubblewrap 0.7 or newer, and let users make namespaces",
    "landlock": "it needs Linux 5.13 or newer with Landlock, on x86_64 or aarch64",
    "rlimits": "this machine lets no program be started",
}


class Unavailable(Exception):
    """This machine cannot keep children in bounds as it is asked to; the sentence says what to do."""


def find(wanted: str = "auto", hidden: Iterable[Path] = (), more: Iterable[Path] = ()) -> Sandbox:
    """The sandbox of a level, or with "auto" the best that works. Blocks for as long as a few children take."""
    reasons = []
    for level in LEVELS if wanted == "auto" else [name for name in LEVELS if name == wanted]:
        sandbox = Sandbox(level, ground(hidden, more), programs())
        if not (reason := failure(sandbox)):
            return sandbox
        reasons.append(f"the sandbox {level} does not work here ({reason}): {HELP[level]}")
    raise Unavailable("; ".join(reasons).capitalize() + ".")


def failure(sandbox: Sandbox) -> str:
    """Why a child does not run in this sandbox, or runs and sees too much; nothing if all is well."""
    if sandbox.level == "bwrap" and "bwrap" not in sandbox.programs:
        return "there is no program bwrap"
    if sandbox.level != "rlimits" and sys.platform != "linux":
        return "this is not Linux"
    with TemporaryDirectory() as name:
        folder = Path(name)
        given, secret = folder / "given", folder / "secret"
        for path in (given, secret):
            path.write_text("x")
        (folder / "work").mkdir()
        return _tried(sandbox, View(folder / "work", (given,)), [str(given), str(secret)])


def _tried(sandbox: Sandbox, view: View, paths: list[str]) -> str:
    trial = TRIAL_OF_LIMITS if sandbox.level == "rlimits" else TRIAL
    argv = [shutil.which("sh") or "/bin/sh", "-c", trial, "sh", *paths]
    try:
        with Handles(sandbox.level) as handles:
            words = sandbox.tool(argv, view, Limits(), handles.passed)
            done = subprocess.run(
                words, capture_output=True, timeout=SECONDS, pass_fds=handles.passed, env={}, cwd="/", check=False
            )
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)
    if done.returncode == 3:
        return "a child could read what it must not"
    if done.returncode or done.stdout != b"x":
        return (done.stderr.decode("utf-8", "replace").strip().splitlines() or ["a child did not run"])[-1]
    return ""


@cache
def programs() -> dict[str, str]:
    """Where the programs are with which a sandbox is built; systems other than Linux have others of these names."""
    found = {name: shutil.which(name) for name in PROGRAMS} if sys.platform == "linux" else {}
    return {name: path for name, path in found.items() if path}
