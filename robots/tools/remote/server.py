"""What a server of files is asked, whatever the protocol."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from robots.tools.remote.blocks import OnProgress

MOST_ENTRIES = 100_000  # in a folder, and in all folders below it


@dataclass(frozen=True, slots=True)
class Login:
    """Where a server is, who signs in, and by what he is known.

    `trusted` are the keys, or fingerprints of keys, by one of which an SFTP server must be known; with none it may show
    any. `public_key` is the other half of the private one. `secure` makes an FTP connection one over TLS.
    """

    host: str
    port: int
    user: str
    password: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)
    public_key: str = ""
    trusted: tuple[str, ...] = ()
    secure: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """What is in a folder: a file, a folder, or a link that may lead out of the login folder."""

    path: str
    kind: Literal["file", "folder", "out"] = "file"


@dataclass(frozen=True, slots=True)
class Order:
    """A file that shall be stored: it lies under the `hidden` name, beside its own, until all of it is there.

    `mode` are its permissions, if they are not left to the server.
    """

    source: Path
    path: str
    hidden: str
    mode: int | None = None


class Server(Protocol):
    """A server at which somebody is signed in. All paths are those in the folder where he then is."""

    async def entries(self, folder: str) -> list[Entry]:
        """What is in a folder, in the order of its names; with an empty name in the login folder."""

    async def fetch(self, path: str, target: Path, limit: int, tell: OnProgress) -> None:
        """Brings a file of at most `limit` bytes to `target`."""

    async def store(self, order: Order, tell: OnProgress) -> None:
        """Stores a file, and makes the folders that it needs."""

    async def close(self) -> None:
        """Ends the connection."""


def beneath(home: str, path: str) -> str:
    """The whole path of one in the login folder. It may be given as a whole too, if it is in that folder."""
    base = "" if home == "/" else home.rstrip("/")
    inner = path.strip("/")
    whole = f"/{inner}"
    return whole if base and is_in(base, whole) else f"{base}{whole}" if inner else base or "/"


def is_in(home: str, path: str) -> bool:
    """Whether a whole path is the login folder or lies in it."""
    base = home.rstrip("/")
    return path.rstrip("/") == base or path.startswith(f"{base}/")


def is_name(name: str) -> bool:
    """Whether this can be the name of one file: hostile lists have "../x" too."""
    return (
        name not in ("", ".", "..") and "/" not in name and all(ord(char) >= 32 and ord(char) != 127 for char in name)
    )
