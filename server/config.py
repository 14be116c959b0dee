"""The settings: one typed, documented table, and the only place that reads the environment."""
# ruff: noqa: RUF009 - each line of the table is a call of dataclasses.field, only with its words beside it.

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any

from robots.tools.sandbox.command import LEVELS, Level
from server import settings_file
from server.values import (
    COUNT,
    DURATION,
    KEYS,
    LIMIT,
    NAMES,
    NETWORKS,
    ORIGIN,
    PATH,
    PLACE_OF_URL,
    PORT,
    PORTS,
    SIZE,
    SWITCH,
    TEXT,
    Kind,
    Network,
    choice,
)

PREFIX = "SLUICE_"


class WrongSetting(Exception):
    """A setting is unknown or has a value that it cannot have; the sentence names where it was given."""


def setting(section: str, kind: Kind, default: Any, help: str, *, shown: str = "", secret: bool = False) -> Any:
    """One line of the table. A callable default is asked at each start; `shown` is what help says of it.

    One without `help` is for tests only and is not shown.
    """
    words = {"section": section, "kind": kind, "help": help, "shown": shown}
    if callable(default):
        return dataclasses.field(default_factory=default, metadata=words)
    return dataclasses.field(default=default, metadata=words, repr=not secret)


def cores() -> int:
    """The processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


network = partial(setting, "Network")
access = partial(setting, "Access")
keeping = partial(setting, "Files and records")
bounds = partial(setting, "Limits of a request")
work = partial(setting, "Work")
naming = partial(setting, "Log and names")
telling = partial(setting, "Notifications")
bounded = partial(setting, "Sandbox")
paths = partial(setting, "Programs")


@dataclass(frozen=True)
class Settings:
    """All that can be set, each under one name: `--idle-timeout`, SLUICE_IDLE_TIMEOUT, `idle_timeout` in the file."""

    config: Path | None = setting(
        "File", PATH, None, "A TOML file of settings; it holds the other names of this table.", shown="sluice.toml"
    )

    host: str = network(TEXT, "127.0.0.1", "The address to listen on; 0.0.0.0 listens on all.")
    port: int = network(PORT, 8080, "The port to listen on; 0 takes a free one.")
    public_url: str | None = network(ORIGIN, None, "The address that clients use, when it is not the one listened on.")
    relative_location: bool = network(SWITCH, False, "Tells the place of a new upload without the server's address.")
    allow_private_networks: tuple[Network, ...] = network(
        NETWORKS,
        (),
        "Private networks that imports, stores and notifications may reach all the same, on any port.",
        shown="none",
    )
    allow_ports: tuple[int, ...] = network(
        PORTS, (), "Ports besides 80, 443, FTP's and SFTP's that outward requests may use everywhere.", shown="none"
    )
    metrics_networks: tuple[Network, ...] = network(
        NETWORKS, (), "Networks that may read /metrics, besides this machine itself.", shown="none"
    )
    trusted_proxies: tuple[Network, ...] = network(
        NETWORKS,
        (),
        "Networks of proxies that set X-Forwarded-For, -Proto and -Host, or Forwarded, and are believed.",
        shown="none",
    )
    cdn_host: str | None = network(
        TEXT, None, "Host names below it serve Templates: {account}.HOST/{template}/{input}.", shown="none"
    )
    cdn_path: str = network(
        PLACE_OF_URL, "/cdn", "The path below which they serve Templates: {account}/{template}/{input}."
    )
    cdn_unsigned: bool = network(SWITCH, False, "Whether addresses of the Smart CDN need no signature.")
    idle_timeout: float = network(DURATION, 60.0, "A connection that is silent for so long is closed.")
    head_timeout: float = network(DURATION, 15.0, "The head of a request has to arrive within so long.")
    max_connections: int = network(COUNT, 1000, "The most connections, and live sessions, of one other machine.")
    max_connects: int = network(LIMIT, 200, "New connections of one other machine in a second; 0 is no limit.")
    outward_timeout: float = network(DURATION, 30.0, "An outward request is given up after so long a silence.")
    stop_grace: float = network(DURATION, 10.0, "When told to stop, requests and jobs get so long to end.")

    auth_key: str | None = access(TEXT, None, "The key that clients send.", shown="made at the first start")
    auth_secret: str | None = access(
        TEXT, None, "The secret that signs requests.", shown="made at the first start", secret=True
    )
    master_key: tuple[str, ...] = access(
        KEYS,
        (),
        "The keys that seal secrets in the database, or files of such keys: the first seals, all open.",
        shown="made at the first start",
        secret=True,
    )
    require_signature: bool = access(SWITCH, False, "Refuses requests that are not signed.")

    token_lifetime: float = access(DURATION, 6 * 3600.0, "A bearer token ends after so long.")
    max_creations: int = access(LIMIT, 0, "New Assemblies of one account in a minute; 0 is no limit.")
    max_running: int = access(LIMIT, 0, "Assemblies of one account that go on at the same time; 0 is no limit.")
    max_status_reads: int = access(LIMIT, 0, "Reads of the status of one Assembly in a second; 0 is no limit.")
    max_tokens: int = access(LIMIT, 0, "New bearer tokens of one auth key in a minute; 0 is no limit.")
    max_failed_logins: int = access(
        LIMIT, 30, "Wrong secrets for one auth key that come from one address in a minute; 0 is no limit."
    )

    data: Path = keeping(PATH, Path("data"), "The folder of uploads, results, the database and the keys.")
    result_lifetime: float = keeping(DURATION, 24 * 3600.0, "Results and their uploads are removed after so long.")
    record_lifetime: float = keeping(DURATION, 90 * 86400.0, "The record of an Assembly is removed after so long.")
    upload_lifetime: float = keeping(DURATION, 24 * 3600.0, "An unfinished upload is removed after so long a silence.")
    cdn_cache_size: int = keeping(SIZE, 10 * 10**9, "What the Smart CDN has served is kept in so much of the disk.")
    min_free_space: int = keeping(SIZE, 2**30, "New uploads leave so much of the disk free, or a twentieth if less.")
    fsync: bool = keeping(SWITCH, True, "Uploads are safe from a power cut before that is said; off is quicker.")

    max_upload_size: int = bounds(SIZE, 20 * 10**9, "The largest file that may be uploaded or imported.")
    max_params_size: int = bounds(SIZE, 10**6, "The largest `params` field, and the largest field of a form.")
    max_early_size: int = bounds(
        SIZE, 500 * 10**6, "Files in a form that come before its `params` and `signature`, together."
    )
    max_form_fields: int = bounds(COUNT, 1000, "The most fields of one form.")
    max_files_per_form: int = bounds(COUNT, 1000, "The most files of one form.")
    max_image_pixels: int = bounds(COUNT, 200_000_000, "A picture has no more pixels, neither one read nor one made.")
    max_image_frames: int = bounds(COUNT, 3000, "An animation or document has no more frames or pages.")
    max_archive_members: int = bounds(COUNT, 10_000, "An archive that is unpacked has no more members.")
    max_archive_size: int = bounds(SIZE, 20 * 10**9, "The members of an archive have no more bytes together.")
    max_archive_ratio: int = bounds(
        COUNT, 200, "They have at most so many times the bytes of the archive, if they have more than 100 MB."
    )

    disabled_robots: tuple[str, ...] = work(
        NAMES, (), "Robots that no Assembly may use, such as /http/import.", shown="none"
    )
    max_assembly_files: int = work(COUNT, 20_000, "The most uploads and results of one Assembly.")
    max_assembly_size: int = work(SIZE, 200 * 10**9, "The most bytes of all uploads and results of one Assembly.")
    max_assembly_jobs: int = work(COUNT, 20_000, "The most runs of steps on files in one Assembly.")
    max_unfinished_uploads: int = work(COUNT, 10_000, "The most resumable uploads that have begun and are not whole.")

    upload_window: float = work(DURATION, 8 * 3600.0, "An Assembly gets its uploads within so long, or expires.")
    run_window: float = work(DURATION, 8 * 3600.0, "An Assembly has its results within so long, or expires.")
    image_children: int = work(COUNT, cores, "Warm processes that work on images and documents.", shown="one a core")
    video_jobs: int = work(COUNT, cores, "Video and audio jobs at once; one more for who has none.", shown="one a core")
    file_jobs: int = work(
        COUNT,
        lambda: 2 * cores(),
        "Other jobs on files at the same time, and two more for who has none.",
        shown="two a core",
    )
    network_jobs: int = work(COUNT, 32, "Imports and exports at the same time, and two more for who has none.")
    image_time_limit: float = work(DURATION, 120.0, "An image job takes no longer.")
    probe_time_limit: float = work(DURATION, 60.0, "To look into an image or document takes no longer.")
    video_time_limit: float = work(DURATION, 4 * 3600.0, "A video or audio job takes no longer.")
    file_time_limit: float = work(DURATION, 3600.0, "Another job on files takes no longer.")
    stall_time_limit: float = work(DURATION, 300.0, "An encode that gets no further for so long is stopped.")
    network_time_limit: float = work(DURATION, 4 * 3600.0, "An import or export takes no longer.")

    virus_signatures: Path | None = work(
        PATH, None, "The folder of ClamAV's signatures, or one file of them.", shown="where freshclam puts them"
    )

    notify_timeout: float = telling(DURATION, 15.0, "A receiver has to answer within so long.")
    notify_window: float = telling(DURATION, 3 * 86400.0, "What is not delivered is sent again for so long.")
    notify_places: int = telling(COUNT, 16, "How many are sent at the same time, a quarter of them to one host.")

    failpoints: str | None = work(TEXT, None, "")

    sandbox: str = bounded(
        choice("auto", *LEVELS), "auto", "How started programs are kept in bounds; auto takes the best that works here."
    )
    sandbox_require: Level = bounded(choice(*LEVELS), "rlimits", "The server does not start with less than this.")
    run_unisolated: bool = bounded(SWITCH, False, "Runs robots that need a sandbox even if there are only rlimits.")
    job_memory: int = bounded(SIZE, 4 << 30, "The most memory that a started program holds, with all that it starts.")
    image_memory: int = bounded(SIZE, 8 << 30, "The most memory that a process for images and pages reserves.")
    job_disk: int = bounded(SIZE, 100 * 10**9, "The most bytes that a started program may write.")

    ffmpeg: str | None = paths(TEXT, None, "The path of ffmpeg.", shown="the bundled one")
    ffprobe: str | None = paths(TEXT, None, "The path of ffprobe.", shown="the bundled one")
    sevenzip: str | None = paths(TEXT, None, "The path of 7-Zip's 7zz.", shown="the bundled one")
    clamscan: str | None = paths(TEXT, None, "The path of ClamAV's clamscan.", shown="the one on PATH")
    chromium: str | None = paths(TEXT, None, "The path of Chromium, or of a browser like it.", shown="the one on PATH")
    soffice: str | None = paths(TEXT, None, "The path of LibreOffice's soffice.", shown="the one on PATH")
    pandoc: str | None = paths(TEXT, None, "The path of pandoc.", shown="the bundled one")
    npm: str | None = paths(TEXT, None, "The path of npm, which sets up the page.", shown="the one on PATH")

    log_level: str = naming(choice("debug", "info", "warning", "error"), "info", "What is worth a line.")
    log_format: str = naming(choice("text", "json"), "text", "How a line is written.")
    instance: str = naming(TEXT, "sluice", "What this server calls itself in an Assembly Status.")
    region: str = naming(TEXT, "local", "What it says of where it is.")

    @property
    def programs(self) -> dict[str, str]:
        """The paths that were set, by the name of the program."""
        paths = {name: getattr(self, name) for name, row in TABLE.items() if row.metadata["section"] == "Programs"}
        return {SPELLINGS.get(name, name): path for name, path in paths.items() if path}


SPELLINGS = {"sevenzip": "7zz"}  # a program whose name no setting can have
TABLE: dict[str, dataclasses.Field[Any]] = {row.name: row for row in dataclasses.fields(Settings)}


SHOWN = [name for name, row in TABLE.items() if row.metadata["help"]]


def shown_default(name: str) -> str:
    """The default as help and README say it."""
    row = TABLE[name]
    if row.metadata["shown"] or row.default is None:
        return str(row.metadata["shown"] or "none")
    return str(row.metadata["kind"].show(row.default))


def flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def variable(name: str) -> str:
    return PREFIX + name.upper()


def read(flags: Mapping[str, Any], environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings, from flags over variables over the file over defaults; raises WrongSetting."""
    values = _read_all(flags, flag)
    values = _read_all(_variables(environ), variable) | values
    try:
        if file := values.get("config") or settings_file.usual():
            values = _read_all(_file(file), lambda name: f"{file}: {name}") | values
        settings = Settings(**values)
        if not settings.data.is_absolute():
            settings_file.check_here()
    except settings_file.Unreadable as error:
        raise WrongSetting(str(error)) from error
    if bool(settings.auth_key) != bool(settings.auth_secret):
        raise WrongSetting("auth_key and auth_secret belong together: give both, or neither to have them made.")
    return settings


def nearest(name: str, known: list[str]) -> str:
    """ "; did you mean …?" when something known is near."""
    near = get_close_matches(name, known, 1)
    return f"; did you mean {near[0]}?" if near else "; --help lists all."


def _variables(environ: Mapping[str, str]) -> dict[str, str]:
    """Those of ours; an empty one counts as not given, as people write in compose files."""
    known = {variable(name): name for name in TABLE}
    given = {name: value for name, value in environ.items() if name.startswith(PREFIX)}
    for name in given.keys() - known.keys():
        raise WrongSetting(f"{name} is no setting{nearest(name, list(known))}")
    return {known[name]: value for name, value in given.items() if value}


def _file(path: Path) -> dict[str, Any]:
    given = settings_file.content(path)
    known = [name for name in TABLE if name != "config"]
    for name in given.keys() - set(known):
        raise WrongSetting(f"{path}: {name} is no setting{nearest(name, known)}")
    return given


def _read_all(given: Mapping[str, Any], place: Callable[[str], str]) -> dict[str, Any]:
    values = {}
    for name, text in given.items():
        try:
            values[name] = TABLE[name].metadata["kind"].read(text)
        except ValueError as error:
            shown = "the value" if not TABLE[name].repr else repr(text)
            raise WrongSetting(f"{place(name)}: {shown} {error}.") from error
    return values
