"""Unpacks archives: one result for each member, as soon as it is whole."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

from robots.base.errors import BadInput
from robots.base.file import File
from robots.base.params import Param, Params
from robots.base.robot import FileRobot
from robots.base.workspace import Workspace
from robots.tools.abreast import Give, as_given
from robots.tools.members import Member
from robots.tools.sevenzip import INVALID, SevenZip, locked
from robots.tools.unpacking import Allowance, Unpacked, Unpacking
from robots.tools.vips import Images
from robots.tools.wrappings import OURS, WRAPPERS, kind_of, unwrapped_name

DEEPEST = 4  # wrappers around one another: an rpm, a gz around it …
SHOWN = 3
UNWRAP, PATIENCE = "robots.tools.unwrapping:unwrap", 3600.0
NO_BYTES = "The file is an mtree: a list of files without their bytes, so that there is nothing to unpack."


class FileDecompressParams(Params):
    """How an archive is opened."""

    password: str | None = Param(None, "The password of the archive.", max_length=1000)
    turbo: bool = Param(
        True, "Hands on each member at once; otherwise all of them, once the whole archive has proved to be sound."
    )


class FileDecompressRobot(FileRobot[FileDecompressParams]):
    """Unpacks zip, 7z, rar, tar, cpio, iso, ar, arj, cab, lha, wim, xar, rpm, in gz, bz2, Z, lzma, lzip, xz, zst or uu.

    Each member is a result, with the folder that it had in the archive in `${file.meta.archive_directory}`. Links and
    devices are left out. An mtree, which lists files without their bytes, is refused: files of nothing in the place of
    those that are meant would help nobody.
    """

    name = "/file/decompress"
    accepts = (
        *("application/zip", "application/x-7z-compressed", "application/x-rar", "application/vnd.rar"),
        *("application/x-tar", "application/x-gtar", "application/x-ustar", "application/x-cpio"),
        *("application/x-iso9660-image", "application/x-archive", "application/vnd.ms-cab-compressed"),
        *("application/x-lzh-compressed", "application/x-lha", "application/x-lharc", "application/x-xar"),
        *("application/x-arj", "application/x-ms-wim"),
        *("application/gzip", "application/x-gzip", "application/x-bzip2", "application/x-compress"),
        *("application/x-xz", "application/x-lzma", "application/zstd", "application/x-zstd", "application/x-rpm"),
        *("application/lzip", "application/x-lzip", "text/x-uuencode", "text/x-mtree"),
        *("application/vnd.debian.binary-package", "application/java-archive", "application/x-java-archive"),
        "application/vnd.android.package-archive",
    )
    tools = ("7zz",)
    example = {
        "unpacked": {"robot": "/file/decompress", "use": ":original", "ignore_errors": ["meta"]},
        "resized": {"robot": "/image/resize", "use": "unpacked", "width": 300},
    }

    async def run(self, file: File, workspace: Workspace) -> AsyncIterator[File]:
        path, kind, name, wrappers = file.bytes, await workspace.in_thread(kind_of, file.bytes), file.name, 0
        while kind in WRAPPERS:
            wrappers += 1
            if wrappers > DEEPEST:
                raise BadInput(f"The archive is wrapped more than {DEEPEST} times.", INVALID)
            inner, told = await self._unwrapped(path, kind, file, workspace)
            if path != file.bytes:
                path.unlink()
            path, name, kind = inner, told or unwrapped_name(name), await workspace.in_thread(kind_of, inner)
        if kind == "mtree":
            raise BadInput(NO_BYTES, INVALID)
        if kind is not None:
            async with aclosing(self._members(path, kind, file, workspace)) as results:
                async for each in results:
                    yield each
        elif path == file.bytes:
            raise BadInput("The file is not an archive of a kind that can be unpacked.", INVALID)
        else:
            yield replace(file.made(path, archive_directory=""), name=name)

    async def _unwrapped(self, path: Path, kind: str, file: File, workspace: Workspace) -> tuple[Path, str]:
        """What a wrapper holds, whose size is not known before, and its name if the wrapper tells that."""
        inner, name = workspace.fresh("inner"), ""
        if kind in OURS:
            given = {"kind": kind, "packed": file.bytes.stat().st_size, "caps": asdict(workspace.tool(SevenZip).caps)}
            made = await workspace.tool(Images).pool.call(UNWRAP, PATIENCE, source=path, target=inner, **given)
            name, whole = made["name"], made["whole"]
        else:
            whole = await self._poured(path, kind, inner, file, workspace)
        if not whole:
            workspace.warn("There is more behind the end of the archive; it was left out.")
        return inner, name

    async def _poured(self, path: Path, kind: str, inner: Path, file: File, workspace: Workspace) -> bool:
        """Whether that was all of the file."""
        seven = workspace.tool(SevenZip)
        allowance = Allowance(seven.caps, file.bytes.stat().st_size)
        with inner.open("xb") as stream:

            async def write(piece: bytes) -> None:
                allowance.spend(len(piece))
                await workspace.in_thread(stream.write, piece)

            return await seven.pour(path, kind, self._password, write)

    async def _members(self, path: Path, kind: str, file: File, workspace: Workspace) -> AsyncGenerator[File, None]:
        seven = workspace.tool(SevenZip)
        members = await seven.members(path, kind, self._password)
        if not self._password and any(member.locked for member in members):
            raise locked()
        allowance = Allowance(seven.caps, file.bytes.stat().st_size)
        allowance.check(sum(member.size or 0 for member in members))
        unpacking = Unpacking(members, allowance, workspace.fresh)
        pour = partial(self._pour, path, kind, unpacking, workspace)
        held: list[File] = []
        async with aclosing(as_given(pour)) as ready:
            async for unpacked in ready:
                held.append(result(file, unpacked))
                if self.params.turbo:
                    yield held.pop()
        for each in held:
            yield each
        if all(member.is_folder for member in members):
            workspace.warn("There is no file in the archive.")
        for sentence in losses(unpacking.left_out):
            workspace.warn(sentence)

    async def _pour(
        self, path: Path, kind: str, unpacking: Unpacking, workspace: Workspace, give: Give[Unpacked]
    ) -> None:
        total = sum(member.size or 0 for member in unpacking.waiting)

        async def hand_on() -> None:
            while unpacking.whole:
                await give(unpacking.whole.popleft())

        async def take(piece: bytes) -> None:
            try:
                await workspace.in_thread(unpacking.take, piece)
            except Exception:
                await hand_on()  # what was whole before; of a job that is called off nobody takes it
                raise
            await hand_on()
            workspace.progress(unpacking.allowance.written / max(total, 1))

        try:
            sound = await workspace.tool(SevenZip).pour(path, kind, self._password, take)
            await workspace.in_thread(unpacking.end)
            await hand_on()
        finally:
            unpacking.close()
        if not sound:
            workspace.warn("7-Zip found something odd in the archive, but could unpack all of it.")

    @property
    def _password(self) -> str:
        return self.params.password or ""


def result(file: File, unpacked: Unpacked) -> File:
    member = unpacked.member
    return replace(file.made(unpacked.path, archive_directory=member.directory), name=member.name)


def losses(left_out: Sequence[Member]) -> list[str]:
    """What was left out, each kind in one sentence."""
    kinds: dict[str, list[str]] = {}
    for member in left_out:
        kinds.setdefault(member.odd or "links", []).append(member.path[:200])
    return [
        f"Left out, for they are {kind}: {', '.join(names[:SHOWN])}"
        f"{f' and {len(names) - SHOWN} more' if len(names) > SHOWN else ''}."
        for kind, names in kinds.items()
    ]
