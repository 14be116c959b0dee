"""Quota: what one Assembly may come to while it runs, however its instructions multiply."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server.errors import ApiError
from server.model.assembly import Assembly
from server.model.commands import Command
from server.model.events import Event, FileUploaded, ResultMade, UploadFailed

SATURATED = "ASSEMBLY_SATURATED"


@dataclass(frozen=True, slots=True)
class Quota:
    """The most files, bytes of files, and jobs of one Assembly."""

    files: int = 20_000
    bytes: int = 200 * 10**9
    jobs: int = 20_000

    def enforce(self, assembly: Assembly, happened: Iterable[Event]) -> list[Command]:
        """Ends an Assembly that has come to more by what happened."""
        grown = [event for event in happened if isinstance(event, FileUploaded | ResultMade)]
        told = self.overrun(assembly) if grown and not assembly.terminal else None
        if told is None:
            return []
        return assembly.receive(UploadFailed({"error": SATURATED, "message": told}, None, grown[-1].at, phase="limit"))

    def overrun(self, assembly: Assembly) -> str | None:
        """What there is too much of."""
        if len(assembly.files) > self.files:
            return f"The Assembly has come to more than {self.files} files."
        if len(assembly.jobs) > self.jobs:
            return f"The Assembly has come to more than {self.jobs} jobs."
        if assembly.stored > self.bytes:
            return f"The files of the Assembly have come to more than {self.bytes} bytes."
        return None

    def check_upload(self, assembly: Assembly) -> ApiError | None:
        """Why one more upload cannot be begun."""
        if assembly.incoming < self.files:
            return None
        return ApiError(SATURATED, f"An Assembly may have at most {self.files} files.", assembly_id=assembly.id)
