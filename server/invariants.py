"""Invariants: what holds in a data folder while no server runs on it, whatever end the last one had."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from robots.base.catalog import Catalog
from robots.tools import orphans
from server.database.base import Rows, Unusable
from server.database.sqlite import DATABASE, reading
from server.engine.files import Files
from server.engine.records import Records
from server.lock import Lock, owner
from server.model.assembly import Assembly

Check = Callable[["Kept"], Iterator[str]]


class Kept:
    """One Assembly as its record says, and the data folder in which its files lie."""

    def __init__(self, data: Path, assembly: Assembly, swept: bool) -> None:
        self.assembly = assembly
        self.swept = swept
        self.uploads = data / "uploads"
        self.files = Files(data / "files").of(assembly.id)


def examine(data: Path) -> list[str]:
    """A sentence for each thing that is wrong. While a server runs its work looks like damage, so this refuses."""
    lock = Lock(data / "lock")
    lock.take()
    try:
        with reading(data / DATABASE) as rows:
            return list(broken(data, rows, Records(Catalog())))
    except Unusable as error:
        return [f"{data / DATABASE} cannot be used: {error}"]
    finally:
        lock.release()


def broken(data: Path, rows: Rows, records: Records) -> Iterator[str]:
    """Looks at each Assembly, and then at what belongs to none; nothing is changed."""
    known = set()
    for row in rows.all("all_assemblies"):
        known.add(row["id"])
        try:
            kept = Kept(data, records.read(rows, row), bool(row["swept"]))
        except Exception as error:  # damage takes any form
            yield f"Assembly {row['id']}: its record cannot be read ({type(error).__name__}: {error})."
            continue
        for check in CHECKS:
            yield from (f"Assembly {row['id']}: {sentence}" for sentence in check(kept))
    yield from strangers(data, known)
    yield from leftovers(data)


def ends(kept: Kept) -> Iterator[str]:
    """An Assembly that has ended has nothing left to do."""
    assembly = kept.assembly
    if assembly.terminal != (assembly.finished is not None):
        yield f"it is {assembly.state}, but {'has no' if assembly.terminal else 'it has a'} time of its end."
    if assembly.terminal and (left := {job.step for job in assembly.jobs.values() if job.active}):
        yield f"it is {assembly.state}, but jobs of {', '.join(sorted(left))} are not over."


def jobs(kept: Kept) -> Iterator[str]:
    """Where no server runs, no job does."""
    assembly = kept.assembly
    cut_off = {job.step for job in assembly.jobs.values() if job.state == "running" and not assembly.terminal}
    if cut_off:
        yield f"jobs of {', '.join(sorted(cut_off))} were cut off; the next start runs them again."


def files(kept: Kept) -> Iterator[str]:
    """Each row has its bytes, and all bytes have their row."""
    there = {path.name: path.stat().st_size for path in kept.files.iterdir()} if kept.files.is_dir() else {}
    rows = {made.file.id: made.file for made in kept.assembly.files.values()} if not kept.swept else {}
    for file in rows.values():
        if file.md5hash and file.id not in there:
            yield f"the bytes of {file.name} ({file.id}) are gone."
        elif file.md5hash and there[file.id] != file.size:
            yield f"{file.name} ({file.id}) has {there[file.id]} bytes, and should have {file.size}."
    # Jobs that were ended with their Assembly may leave what nobody heard of; it goes when the Assembly goes.
    if kept.assembly.state not in ("canceled", "aborted", "failed"):
        yield from (f"the file {name} has no row." for name in sorted(there.keys() - rows.keys()))


def uploads(kept: Kept) -> Iterator[str]:
    """No byte that was acknowledged is lost."""
    waiting = [upload for upload in kept.assembly.uploads.values() if not upload.analysed]
    for upload in waiting if not kept.assembly.terminal else []:
        path = kept.uploads / upload.id
        size = path.stat().st_size if path.exists() else None
        if size is None:
            yield f"the upload {upload.filename} ({upload.id}) is gone."
        elif size < upload.offset or (upload.length is not None and size > upload.length):
            yield f"the upload {upload.filename} ({upload.id}) has {size} bytes, and its row says {upload.offset}."


CHECKS: tuple[Check, ...] = (ends, jobs, files, uploads)


def strangers(data: Path, known: set[str]) -> Iterator[str]:
    """What belongs to no Assembly."""
    for folder in sorted(data.glob("files/*/*")):
        if folder.name not in known:
            yield f"The folder {folder.relative_to(data)} belongs to no Assembly."
    for path in sorted(data.glob("uploads/*")):
        if path.name.partition("_")[0] not in known:
            yield f"The upload {path.name} belongs to no Assembly."


def leftovers(data: Path) -> Iterator[str]:
    """What should have gone with the server."""
    for path in sorted(data.glob("scratch/*")):
        yield f"{path.relative_to(data)} is left of a job that is over."
    for process in orphans.find(owner(data)):
        yield f"The process {process} has outlived its server."
