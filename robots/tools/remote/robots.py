"""The two robots for servers of files: each protocol says only how one signs in."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from functools import partial
from typing import ClassVar, TypeVar

from robots.base.errors import ImportFailed, RobotError
from robots.base.file import File
from robots.base.robot import ImportRobot, StoreRobot
from robots.base.workspace import Workspace
from robots.tools.http import HttpClient
from robots.tools.imports import Failures
from robots.tools.remote.aside import Aside
from robots.tools.remote.complaints import Complaint, kind_of
from robots.tools.remote.params import ImportParams, StoreParams
from robots.tools.remote.server import MOST_ENTRIES, Entry, Order, Server
from robots.tools.remote.session import Session

PAUSES = (0.5, 2)  # seconds before each new try; after the last of them the whole job is tried again

LONGEST = 4096  # of a path that is gone into
HIDDEN = re.compile(r"\.[0-9a-f]{24}\.part")  # what is not yet, or never was, stored as a whole

I = TypeVar("I", bound=ImportParams)  # noqa: E741 - imports
S = TypeVar("S", bound=StoreParams)


class RemoteImport(ImportRobot[I]):
    """Imports files and folders from a server."""

    pauses: ClassVar[tuple[float, ...]] = PAUSES

    @property
    def forgives(self) -> frozenset[str]:
        return frozenset(self.params.import_on_errors)

    async def sign_in(self, workspace: Workspace, aside: Aside) -> Server:
        raise NotImplementedError

    async def run(self, workspace: Workspace) -> AsyncIterator[File]:
        limit = workspace.tool(HttpClient).max_bytes
        for sentence in self.params.cautions():
            workspace.warn(sentence)
        try:
            async with Session(partial(self.sign_in, workspace), self.pauses) as session:
                failures = Failures()
                wanted = await self._wanted(session, workspace, failures)
                for number, path in enumerate(wanted):
                    target = workspace.fresh("import")
                    tell = session.aside.telling(partial(_tell, workspace, number, len(wanted)))
                    with _noted(failures):
                        await session.do(lambda server: server.fetch(path, target, limit, tell))  # noqa: B023 - awaited at once
                        yield replace(self.params.file(path, number), path=target)
                failures.tell()
        except RobotError as error:
            raise self._told(error) from error

    async def _wanted(self, session: Session, workspace: Workspace, failures: Failures) -> list[str]:
        """The paths of all files to be imported; those of folders in the order of their names."""
        wanted: list[str] = []
        for path in self.params.paths():
            if not path.endswith("/"):
                wanted.append(path)
                continue
            with _noted(failures):
                wanted += _inside(path, await self._found(session, path.strip("/")), workspace)
        return wanted

    async def _found(self, session: Session, folder: str) -> list[Entry]:
        """What is in a folder, and in those below it if that is wished."""
        found: list[Entry] = []
        waiting, seen = [folder], 0
        while waiting:
            here = waiting.pop()
            entries = await session.do(lambda server: server.entries(here))  # noqa: B023
            seen += len(entries)
            found += [entry for entry in entries if entry.kind != "folder"]
            deeper = [entry.path for entry in entries if entry.kind == "folder" and self.params.deep()]
            waiting += deeper
            # A hostile server has a folder in each folder, without end.
            if seen > MOST_ENTRIES or any(len(path) > LONGEST for path in deeper):
                raise Complaint(f"There are too many files and folders in {folder[:200] or 'the folder'}.")
        return sorted(found, key=lambda entry: entry.path)

    def _told(self, error: RobotError) -> ImportFailed:
        made = ImportFailed(error.message, self.error(kind_of(error)))
        made.retry = error.retry
        return made


class RemoteStore(StoreRobot[S]):
    """Stores files on a server."""

    pauses: ClassVar[tuple[float, ...]] = PAUSES

    async def sign_in(self, workspace: Workspace, aside: Aside) -> Server:
        raise NotImplementedError

    async def run(self, file: File, workspace: Workspace) -> AsyncIterator[File]:
        path = self.params.path
        order = Order(file.bytes, path, _hidden(workspace, path), self.params.mode())
        try:
            async with Session(partial(self.sign_in, workspace), self.pauses) as session:
                tell = session.aside.telling(workspace.progress)
                await session.do(lambda server: server.store(order, tell))
        except RobotError as error:
            raise self._told(error) from error
        url, ssl_url = self.params.urls()
        yield replace(file, url=url, ssl_url=ssl_url)

    def _told(self, error: RobotError) -> RobotError:
        """The API has one code of its own for these stores, for what the user can set right; clients take no other."""
        wrong = kind_of(error) in ("ACCESS_DENIED", "VALIDATION")
        made = RobotError(error.message, self.error("VALIDATION") if wrong else None)
        made.retry = error.retry
        return made


@contextlib.contextmanager
def _noted(failures: Failures) -> Iterator[None]:
    """What is not there keeps nothing else from coming; of all other faults the server itself may be the cause."""
    try:
        yield
    except Complaint as error:
        if error.kind != "NOT_FOUND":
            raise
        failures.add(error)


def _inside(folder: str, found: list[Entry], workspace: Workspace) -> list[str]:
    """The files of a folder that may be imported."""
    whole = [entry for entry in found if not HIDDEN.fullmatch(entry.path.rpartition("/")[2])]
    inner = [entry.path for entry in whole if entry.kind == "file"]
    if outer := len(whole) - len(inner):
        workspace.warn(
            f"{outer} of the links in {folder[:200]} were left out, for they may lead out of the login folder."
        )
    if not inner:
        raise Complaint(f"There is no file in {folder[:200]}.", "NOT_FOUND")
    return inner


def _hidden(workspace: Workspace, path: str) -> str:
    """The same name each time that this job is run, so that no try leaves anything behind that the next cannot find."""
    return f".{hashlib.sha256(f'{workspace.folder.name}/{path}'.encode()).hexdigest()[:24]}.part"


def _tell(workspace: Workspace, number: int, among: int, fraction: float) -> None:
    workspace.progress((number + fraction) / among)
