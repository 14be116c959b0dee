"""What robots use for single files, with the limits that the settings give it."""

from __future__ import annotations

from robots.tools.clamav import ClamAV
from robots.tools.programs import Programs
from robots.tools.remote.known import KnownHosts
from robots.tools.sevenzip import Caps, SevenZip
from robots.tools.slimmers.gif import Gifsicle
from server.config import Settings


def file_tools(settings: Settings, programs: Programs) -> tuple[object, ...]:
    caps = Caps(settings.max_archive_members, settings.max_archive_size, settings.max_archive_ratio)
    return (
        Gifsicle(programs),
        SevenZip(programs, caps),
        ClamAV(programs, settings.virus_signatures, settings.file_time_limit),
        KnownHosts(settings.data / "known_hosts"),
    )
