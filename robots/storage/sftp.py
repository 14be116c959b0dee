"""Imports from and stores on SFTP servers."""

from __future__ import annotations

import re

from pydantic import field_validator

from robots.base.params import Param
from robots.base.workspace import Workspace
from robots.tools.remote.aside import Aside
from robots.tools.remote.known import KEY, checked_key
from robots.tools.remote.params import Access, ImportParams, StoreParams
from robots.tools.remote.robots import RemoteImport, RemoteStore
from robots.tools.remote.server import Login, Server
from robots.tools.remote.sftp import PORT, sign_in

MODE = re.compile(r"[0-7]{3}")


class SftpAccess(Access):
    port: int = Param(PORT, "The port of the server.", ge=1, le=65535)
    public_key: str | None = Param(
        None, "The public key of the user, by which it is checked that the private one is his."
    )
    private_key: str | None = Param(
        None, "The private key of the user, in OpenSSH's form or in PEM, without a passphrase.", hidden=True
    )
    password: str | None = Param(None, "The password of the user, if he has no key.", hidden=True)
    host_key: str | None = Param(
        None,
        "The public key of the server, or its fingerprint, by which it must be known. Without it, the key that the "
        "server shows when it is first met is kept, and must be the same ever after.",
    )

    @field_validator("host_key")
    @classmethod
    def host_key_is_one(cls, key: str | None) -> str | None:
        return checked_key(key) if key else None

    @field_validator("public_key")
    @classmethod
    def public_key_is_one(cls, key: str | None) -> str | None:
        if key and not KEY.fullmatch(key.strip()):
            raise ValueError("must be a public key such as `ssh-ed25519 AAAA…`")
        return checked_key(key) if key else None

    def lacking(self) -> str:
        known = self.host and self.user and (self.private_key or self.password)
        return "" if known else "the host, the user, and the private key or the password"

    def login(self) -> Login:
        return Login(
            host=self.host or "",
            port=self.port,
            user=self.user or "",
            password=self.password or "",
            private_key=self.private_key or "",
            public_key=self.public_key or "",
            trusted=(self.host_key,) if self.host_key else (),
        )


class SftpImportParams(ImportParams, SftpAccess):
    recursive: bool = Param(False, "Whether the files of the folders below come too.")
    allowNetwork: str | None = Param(
        None, "Accepted; the settings say which networks may be reached.", hidden=True, unheeded=True
    )

    def deep(self) -> bool:
        return self.recursive


class SftpStoreParams(StoreParams, SftpAccess):
    file_chmod: str = Param(
        "auto", "The permissions of the file, such as `644`; with `auto` they are left to the server."
    )
    url_template: str = Param(
        "http://{HOST}/{PATH}", "The URL that the status tells; `{HOST}` and `{PATH}` are filled in."
    )

    @field_validator("file_chmod")
    @classmethod
    def permissions_are_three_digits(cls, mode: str) -> str:
        if mode != "auto" and not MODE.fullmatch(mode):
            raise ValueError("must be three octal digits such as 644, or auto")
        return mode

    def mode(self) -> int | None:
        return None if self.file_chmod == "auto" else int(self.file_chmod, 8)


class SftpImportRobot(RemoteImport[SftpImportParams]):
    """Imports files and whole folders from an SFTP server."""

    name = "/sftp/import"
    example = {
        "imported": {
            "robot": "/sftp/import",
            "credentials": "my-sftp-credentials",
            "path": "images/",
            "recursive": True,
        }
    }

    async def sign_in(self, workspace: Workspace, aside: Aside) -> Server:
        return await sign_in(self.params.login(), workspace, aside)


class SftpStoreRobot(RemoteStore[SftpStoreParams]):
    """Stores files on an SFTP server; no half file is ever seen there under its name."""

    name = "/sftp/store"
    example = {
        "exported": {
            "robot": "/sftp/store",
            "use": ":original",
            "credentials": "my-sftp-credentials",
            "path": "images/${unique_prefix}/${file.url_name}",
        }
    }

    async def sign_in(self, workspace: Workspace, aside: Aside) -> Server:
        return await sign_in(self.params.login(), workspace, aside)
