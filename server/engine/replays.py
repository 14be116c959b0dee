"""Replays: new Assemblies that begin with the uploads of old ones."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

from server.engine.files import Files
from server.engine.runner import Runner
from server.engine.ticket import Ticket
from server.errors import ApiError
from server.model.assembly import Assembly
from server.model.events import FileUploaded, FormReceived
from server.model.parts import Made
from server.model.replay import LOST


class Replays:
    """The bytes are not copied: they get one more name, and stay as long as one of the Assemblies has them."""

    def __init__(self, runner: Runner, files: Files) -> None:
        self.runner = runner
        self.files = files

    async def original(self, account: str, assembly_id: str) -> Assembly:
        """Raises ApiError where the account has no such Assembly."""
        found = await self.runner.read(assembly_id, lambda assembly: assembly)
        if found is None or found.account != account:
            raise ApiError("ASSEMBLY_NOT_FOUND", assembly_id=assembly_id)
        return found

    async def start(self, assembly: Assembly, made: Sequence[Made], at: float, ticket: Ticket | None) -> None:
        """Saves it with all of its uploads at once, so that no crash comes in between."""
        try:
            uploads = [await self._again(one, assembly, at) for one in made]
            await self.runner.create(assembly, at, *uploads, FormReceived(0, at), ticket=ticket)
        except FileNotFoundError as error:
            await self.files.remove(assembly.id)
            raise ApiError(LOST, assembly_id=assembly.request.parent) from error
        except Exception:
            await self.files.remove(assembly.id)
            raise

    async def _again(self, made: Made, assembly: Assembly, at: float) -> FileUploaded:
        file_id = uuid.uuid4().hex
        source = self.files.path(assembly.request.parent or "", made.file.id)
        await self.files.keep(source, assembly.id, file_id, synced=True)
        return FileUploaded(replace(made.file, id=file_id, original_id=file_id), None, at)
