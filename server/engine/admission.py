"""Admission: which Assemblies take one more file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from server.engine.runner import Runner
from server.errors import ApiError
from server.model.assembly import Assembly
from server.model.events import UploadFailed
from server.model.parts import Request


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
            await self._end(assembly_id, refusal)
        raise refusal

    async def extend(self, assembly_id: str, size: int) -> int | None:
        """The most bytes of a file of an Assembly; ApiError when one comes to more."""
        found = self._runner.glance(assembly_id, _limits) or await self._runner.read(assembly_id, _limits)
        refusal = _too_large(found, size) if found else None
        if refusal:
            await self._end(assembly_id, refusal)
            raise refusal
        return found.max_size if found else None

    async def _end(self, assembly_id: str, refusal: ApiError) -> None:
        failure = {"error": refusal.code, "message": str(refusal)}
        await self._runner.deliver(assembly_id, UploadFailed(failure, None, self._now(), phase="limit"))

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
    if too_large := _too_large(limits, length or 0):
        return too_large
    if limits.max_number_of_files is not None and assembly.incoming >= limits.max_number_of_files:
        return ApiError("MAX_NUMBER_OF_FILES_EXCEEDED", f"At most {limits.max_number_of_files} files may be uploaded.")
    return None


def _limits(assembly: Assembly) -> Request:
    return assembly.request


def _too_large(limits: Request, size: int) -> ApiError | None:
    if limits.max_size is None or size <= limits.max_size:
        return None
    return ApiError("MAX_SIZE_EXCEEDED", f"A file may have at most {limits.max_size} bytes.")
