"""Admission: which Assemblies take one more file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from server.engine.runner import Runner
from server.errors import ApiError
from server.model.assembly import Assembly
from server.model.events import UploadFailed


class Admission:
    """A file that breaks the limits of `auth` ends the whole Assembly."""

    def __init__(self, runner: Runner, now: Callable[[], float]) -> None:
        self._runner = runner
        self._now = now

    async def admit(self, assembly_id: str, length: int | None) -> str:
        """The account of an Assembly that takes one more file; ApiError from any other."""
        look = partial(self._look, length)
        found = self._runner.glance(assembly_id, look)
        if found is None or found[0] is not None:  # only what is saved is a reason to refuse
            found = await self._runner.read(assembly_id, look)
        if found is None:
            raise ApiError("ASSEMBLY_NOT_FOUND", assembly_id=assembly_id)
        refusal, account = found
        if refusal is None:
            return account
        if refusal.code != "ASSEMBLY_NOT_FOUND":
            failure = {"error": refusal.code, "message": str(refusal)}
            await self._runner.deliver(assembly_id, UploadFailed(failure, None, self._now(), phase="limit"))
        raise refusal

    def _look(self, length: int | None, assembly: Assembly) -> tuple[ApiError | None, str]:
        refusal = _refusal(assembly, length) or self._runner.quota.check_upload(assembly)
        return refusal, assembly.account


def over(assembly_id: str) -> ApiError:
    """What is answered to bytes for an Assembly that has ended."""
    return ApiError("ASSEMBLY_NOT_FOUND", "This Assembly has ended and takes no more uploads.", assembly_id=assembly_id)


def _refusal(assembly: Assembly, length: int | None) -> ApiError | None:
    """Why an Assembly takes no such upload."""
    limits = assembly.request
    if assembly.terminal:
        return over(assembly.id)
    if limits.max_size is not None and (length or 0) > limits.max_size:
        return ApiError("MAX_SIZE_EXCEEDED", f"A file may have at most {limits.max_size} bytes.")
    if limits.max_number_of_files is not None and assembly.incoming >= limits.max_number_of_files:
        return ApiError("MAX_NUMBER_OF_FILES_EXCEEDED", f"At most {limits.max_number_of_files} files may be uploaded.")
    return None
