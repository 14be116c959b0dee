"""A real SFTP server on this machine, for tests of those who fetch and store."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import asyncssh

from tests.canary import secret

USER, PASSWORD = "sam", secret("sftp-password")


@cache
def key(name: str) -> asyncssh.SSHKey:
    """The private key of this name; the server's is "host"."""
    return asyncssh.generate_private_key("ssh-ed25519", comment=name)


def public(name: str) -> str:
    return key(name).export_public_key("openssh").decode().strip()


def private(name: str) -> str:
    return key(name).export_private_key("openssh").decode()


@dataclass
class Door(asyncssh.SSHServer):
    """Lets in who has the password or the key of the user; it counts those who come."""

    came: int = 0

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.came += 1

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key_: asyncssh.SSHKey) -> bool:
        return username == USER and key_.public_data == key("user").public_data


@dataclass
class Sftpd:
    """Where the server listens, and who let people in."""

    port: int
    door: Door

    @property
    def login(self) -> dict[str, Any]:
        return {"host": "127.0.0.1", "port": self.port, "user": USER, "password": PASSWORD}


@contextlib.asynccontextmanager
async def sftpd(root: Path, files: type[asyncssh.SFTPServer] | None = None, **options: Any) -> AsyncIterator[Sftpd]:
    """Serves a folder. `files` is the class that answers, where it is not to answer as it should."""
    door = Door()
    kind = files or Home
    listener = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_factory=lambda: door,
        server_host_keys=[key("host")],
        sftp_factory=lambda channel: kind(channel, chroot=str(root).encode()),
        **{"config": None, **options},
    )
    try:
        yield Sftpd(listener.get_port(), door)
    finally:
        listener.close()
        listener.close_all() if hasattr(listener, "close_all") else None
        await listener.wait_closed()


class Home(asyncssh.SFTPServer):
    """The login folder is /home/sam; beside it there are things that are not for him."""

    HOME = b"/home/sam"

    def realpath(self, path: bytes, *more: Any) -> Any:
        return super().realpath(self._whole(path), *more)

    def map_path(self, path: bytes) -> bytes:
        return super().map_path(self._whole(path))

    def _whole(self, path: bytes) -> bytes:
        return path if path.startswith(b"/") else self.HOME + b"/" + path
