"""Imports from and stores on FTP servers."""

from __future__ import annotations

from dataclasses import replace

from robots.base.params import Param
from robots.base.workspace import Workspace
from robots.tools.remote.aside import Aside
from robots.tools.remote.ftp import PORT, sign_in
from robots.tools.remote.params import Access, ImportParams, StoreParams
from robots.tools.remote.robots import RemoteImport, RemoteStore
from robots.tools.remote.server import Login, Server

NOBODY = "anonymous"


class FtpAccess(Access):
    port: int = Param(PORT, "The port of the server.", ge=1, le=65535)
    password: str | None = Param(None, "The password of the user.")

    def login(self) -> Login:
        # Who has no name is a guest, of whom servers want to see an address as password.
        user = self.user or NOBODY
        return Login(self.host or "", self.port, user, self.password or (f"{user}@" if user == NOBODY else ""))


class FtpImportParams(ImportParams, FtpAccess):
    passive_mode: bool = Param(
        True,
        "Files are transferred over connections that are made from here; without it that is done all the same, for no "
        "server may connect to this one.",
    )

    def cautions(self) -> list[str]:
        told = "passive_mode: no server may connect to this one, so the connections were passive all the same."
        return [] if self.passive_mode else [told]


class FtpStoreParams(StoreParams, FtpAccess):
    secure: bool = Param(
        False,
        "Whether to speak over TLS, with a server whose certificate is valid; on port 990 from the first byte, else "
        "once it was greeted.",
    )
    use_remote_utime: bool | None = Param(
        None, "Accepted; a stored file has the time at which it was stored.", hidden=True, unheeded=True
    )
    version: str | None = Param(None, "Accepted; there is one version of this.", hidden=True, unheeded=True)

    def login(self) -> Login:
        login = super().login()
        return replace(login, secure=self.secure)


class FtpImportRobot(RemoteImport[FtpImportParams]):
    """Imports files and whole folders from an FTP server."""

    name = "/ftp/import"
    example = {"imported": {"robot": "/ftp/import", "credentials": "my-ftp-credentials", "path": "images/"}}

    async def sign_in(self, workspace: Workspace, aside: Aside) -> Server:
        return await sign_in(self.params.login(), workspace, aside)


class FtpStoreRobot(RemoteStore[FtpStoreParams]):
    """Stores files on an FTP server; no half file is ever seen there under its name."""

    name = "/ftp/store"
    example = {
        "exported": {
            "robot": "/ftp/store",
            "use": ":original",
            "credentials": "my-ftp-credentials",
            "path": "images/${unique_prefix}/${file.url_name}",
        }
    }

    async def sign_in(self, workspace: Workspace, aside: Aside) -> Server:
        return await sign_in(self.params.login(), workspace, aside)
