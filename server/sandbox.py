"""The sandbox that the settings ask for, if this machine has it."""

from __future__ import annotations

from robots.probe.probe import PRELOAD
from robots.tools import script, vips
from robots.tools.pool import Pool
from robots.tools.sandbox import probe
from robots.tools.sandbox.command import LEVELS, Level, Sandbox
from robots.tools.sandbox.limits import Limits
from robots.tools.sandbox.view import View
from server.config import Settings, WrongSetting


def sandbox_of(settings: Settings) -> Sandbox:
    """Raises WrongSetting, with what to do, where there is none as good as is required. Blocks for some moments."""
    hidden = [settings.data, *([settings.config] if settings.config else [])]
    try:
        found = probe.find(settings.sandbox, hidden)
    except probe.Unavailable as error:
        raise WrongSetting(f"sandbox: {error}") from error
    required: Level = settings.sandbox_require
    if LEVELS.index(found.level) > LEVELS.index(required):
        help = probe.HELP[required]
        raise WrongSetting(
            f"sandbox_require: the server was told not to start with less than {required}, but here only "
            f"{found.level} is had: {help}; `run.py doctor` tells more."
        )
    return found


def tool_limits(settings: Settings) -> Limits:
    """What ffmpeg and its kin may use for one job."""
    disk = settings.job_disk
    return Limits(settings.video_time_limit, resident=settings.job_memory, file_size=disk, disk=disk)


def image_children(settings: Settings) -> Pool:
    """They read what has come and write to scratch folders; the database, the keys and the settings they never see."""
    data = settings.data
    view = View(reads=(data / "uploads", data / "files"), writes=(data / "scratch",))
    limits = Limits(settings.image_time_limit, memory=settings.image_memory)
    return Pool(settings.image_children, (*PRELOAD, *vips.PRELOAD), limits, view=view)


def script_children() -> Pool:
    """They are given all that they need with the call, and see no files."""
    return Pool(1, (script.CHILD,), Limits(wall=10, cpu=3600, memory=512 << 20), view=View())


def levels(settings: Settings) -> list[str]:
    """One line for each level: whether it works here, or why not."""
    lines = []
    for level in LEVELS:
        try:
            probe.find(level)
            lines.append(f"{level}: works")
        except probe.Unavailable as error:
            lines.append(f"{level}: {error}")
    return [*lines, f"chosen: {sandbox_of(settings).level}"]
