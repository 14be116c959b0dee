"""Quota: what one Assembly may come to while it runs, however its instructions multiply."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from server.database.base import Rows
from server.errors import ApiError
from server.model.account import Account
from server.model.assembly import Assembly
from server.model.commands import Command
from server.model.events import Event, FileUploaded, ResultMade, UploadFailed

SATURATED = "ASSEMBLY_SATURATED"
RETRY_IN = 10


@dataclass(frozen=True, slots=True)
class Quota:
    """The most files, bytes of files, and jobs of one Assembly, and the most Assemblies that go on; 0 is no limit.

    An `account` may have others than all the rest.
    """

    files: int = 20_000
    bytes: int = 200 * 10**9
    jobs: int = 20_000
    running: int = 0
    account: Callable[[str], Account] = Account

    def of(self, account: str) -> Quota:
        """What holds for this account."""
        own = self.account(account)
        return replace(
            self,
            files=own.max_assembly_files or self.files,
            bytes=own.max_assembly_size or self.bytes,
            jobs=own.max_assembly_jobs or self.jobs,
            running=self.running if own.max_running is None else own.max_running,
        )

    def admit(self, rows: Rows, account: str) -> None:
        """Raises ApiError when one more Assembly would be too many; part of the transaction that saves it."""
        most = self.of(account).running
        if most and (row := rows.one("running", account=account)) and row["count"] >= most:
            told = f"This account has {most} Assemblies that go on, and may not have more at the same time."
            raise ApiError("RATE_LIMIT_REACHED", told, info={"retryIn": RETRY_IN})

    def enforce(self, assembly: Assembly, happened: Iterable[Event]) -> list[Command]:
        """Ends an Assembly that has come to more by what happened."""
        grown = [event for event in happened if isinstance(event, FileUploaded | ResultMade)]
        told = self.of(assembly.account).overrun(assembly) if grown and not assembly.terminal else None
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
        if assembly.incoming < (most := self.of(assembly.account).files):
            return None
        return ApiError(SATURATED, f"An Assembly may have at most {most} files.", assembly_id=assembly.id)
