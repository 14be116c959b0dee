"""Lets files through in which ClamAV finds no virus, and declines the others."""

from __future__ import annotations

from collections.abc import AsyncIterator

from robots.base.errors import BadInput, RobotError
from robots.base.file import File
from robots.base.params import Param, Params
from robots.base.robot import FileRobot
from robots.base.workspace import Workspace
from robots.tools.clamav import ClamAV


class FileVirusscanParams(Params):
    """What becomes of a file with a virus."""

    error_on_decline: bool = Param(False, "Whether a file with a virus stops the whole Assembly with an error.")
    error_msg: str = Param("One of your files was declined", "The message of that error.")
    can_use_daemon_fallback: bool | None = Param(None, "Accepted; each file is scanned by clamscan.", hidden=True)


class FileVirusscanRobot(FileRobot[FileVirusscanParams]):
    """Passes files on untouched when ClamAV finds no virus in them, nor in archives; the others end here.

    Or they end the Assembly, whose error then tells the `virusname`. A file that is too large or too deeply nested to
    be scanned is an error, for nobody knows what it holds; what is locked by a password passes with a warning.
    """

    name = "/file/virusscan"
    tools = ("clamscan",)
    example = {"scanned": {"robot": "/file/virusscan", "use": ":original", "error_on_decline": True}}

    async def run(self, file: File, workspace: Workspace) -> AsyncIterator[File]:
        try:
            scan = await workspace.tool(ClamAV).scan(file.bytes, workspace.folder)
        except BadInput as error:
            raise BadInput(error.message, self.error("INVALID_INPUT")) from error
        if scan.locked:
            workspace.warn(f"{file.name} is locked by a password, and nobody knows whether there is a virus in it.")
        if scan.virus is None:
            yield file
        elif self.params.error_on_decline:
            raise RobotError(self.params.error_msg, self.error("DECLINED_FILE"), virusname=scan.virus)
        else:
            workspace.warn(f"{file.name} was declined: ClamAV found {scan.virus} in it.")
