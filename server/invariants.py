"""Invariants: what holds in a data folder while no server runs on it, whatever end the last one had."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from robots.base.catalog import Catalog
from robots.tools import orphans
from server import lost
from server.config import Settings
from server.database.base import Rows, Unusable
from server.database.sqlite import DATABASE, reading
from server.engine.files import PIECE, Files
from server.engine.outbox import latest
from server.engine.records import Records
from server.keys import FILE as KEYS
from server.lock import Lock, owner
from server.master_key import known
from server.model.assembly import Assembly
from server.model.job import result_id
from server.model.seal import seal
from server.vault import KEY_BYTES, Broken, Vault, place

SEALED = {
    "templates": "The Template",
    "credentials": "The set of Template Credentials",
    "notifications": "The address of the Notification",
    "auth_keys": "The secret of the auth key",
}
NO_KEYS = Vault([bytes(KEY_BYTES)])
PARTS = ("uploads", "files", "jobs")
Check = Callable[["Kept"], Iterator[str]]


class Kept:
    """One Assembly as its record says, how it had ended, and the data folder in which its files lie."""

    def __init__(self, data: Path, assembly: Assembly, swept: bool, seal: str | None, notifies: bool) -> None:
        self.assembly = assembly
        self.notifies = notifies
        self.swept = swept
        self.seal = seal
        self.uploads = data / "uploads"
        self.files = Files(data / "files").of(assembly.id)


def examine(data: Path, secret: str | None = None, vault: Vault | None = None) -> list[str]:
    """A sentence for each thing that is wrong. While a server runs its work looks like damage, so this refuses.

    `secret` is what may stand nowhere; without a `vault` the key that was made in the folder opens what is sealed.
    """
    lock = Lock(data / "lock")
    lock.take()
    try:
        if gone := lost.sentence(data):
            return [gone]
        with reading(data / DATABASE) as rows:
            vault = vault or known(Settings(data=data))
            records = Records(Catalog(), vault)
            return [*broken(data, rows, records), *shut(rows, vault), *(told(data, rows, secret) if secret else ())]
    except Unusable as error:
        return [f"{data / DATABASE} cannot be used: {error}"]
    finally:
        lock.release()


def broken(data: Path, rows: Rows, records: Records) -> Iterator[str]:
    """Looks at each Assembly, and then at what belongs to none; nothing is changed."""
    ids = set()
    seals = {row["assembly"]: row["seal"] for row in rows.all("seals")} if rows.one("has_seals") else {}
    notifies = "notifications" in {row["name"] for row in rows.all("tables")}
    for row in rows.all("all_assemblies"):
        ids.add(row["id"])
        try:
            assembly = records.read(rows, row)
            assembly.notification = latest(rows, assembly.id) if notifies else None
            kept = Kept(data, assembly, bool(row["swept"]), seals.get(row["id"]), notifies)
        except Exception as error:  # damage takes any form
            yield f"Assembly {row['id']}: its record cannot be read ({type(error).__name__}: {error})."
            continue
        for check in CHECKS:
            yield from (f"Assembly {row['id']}: {sentence}" for sentence in check(kept))
    for row in rows.all("stray_notifications") if notifies else ():
        yield f"The Notification {row['id']} belongs to no Assembly."
    yield from strangers(data, ids)
    yield from leftovers(data)


def ends(kept: Kept) -> Iterator[str]:
    """An Assembly that has ended has nothing left to do."""
    assembly = kept.assembly
    if assembly.terminal != (assembly.finished is not None):
        yield f"it is {assembly.state}, but {'has no' if assembly.terminal else 'it has a'} time of its end."
    if assembly.terminal and (left := {job.step for job in assembly.jobs.values() if job.active}):
        yield f"it is {assembly.state}, but jobs of {', '.join(sorted(left))} are not over."


def stays(kept: Kept) -> Iterator[str]:
    """What was told of an end is so for ever."""
    if kept.seal is not None and kept.seal != seal(kept.assembly):
        yield f"it is {kept.assembly.state}, but not as it was when it ended: its record was changed since."


def tells(kept: Kept) -> Iterator[str]:
    """An end that is to be told was written down as such with the end itself."""
    assembly = kept.assembly
    if kept.notifies and assembly.terminal and assembly.notify_url and assembly.notification is None:
        yield f"it is {assembly.state}, but there is no Notification of it."


def goes_on(kept: Kept) -> Iterator[str]:
    """An Assembly that has not ended waits for something that will come."""
    assembly = kept.assembly
    awaited = assembly.receiving or any(u.received and not u.analysed for u in assembly.uploads.values())
    if not assembly.terminal and not awaited and not assembly.plan.active:
        yield f"it is {assembly.state}, but nothing is left that could end it."


def once(kept: Kept) -> Iterator[str]:
    """Each job was done once, and has made each of its results once."""
    jobs = kept.assembly.jobs
    made = Counter(made.job for made in kept.assembly.files.values() if made.job)
    right = {result_id(job, number) for job, count in made.items() for number in range(count)}
    for file in kept.assembly.files.values():
        if file.job and (file.job not in jobs or file.file.id not in right):
            yield f"{file.file.name} ({file.file.id}) is not the result of a job that ran once."
    work = Counter((job.step, job.inputs) for job in jobs.values())
    for step in sorted({step for (step, _), count in work.items() if count > 1}):
        yield f"the step {step} has done the same work twice."


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
        elif file.md5hash and digest(kept.files / file.id) != file.md5hash:
            yield f"{file.name} ({file.id}) has other bytes than those that were stored."
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


CHECKS: tuple[Check, ...] = (ends, stays, tells, goes_on, once, jobs, files, uploads)
# What else a server promises, and where that is looked at.
ELSEWHERE = (
    "whether every Assembly ends in time after a crash: tests/acceptance/test_crash.py, bench/crash.py",
    "whether nothing was told before it was durable: tests/acceptance/test_acknowledgements.py, test_power_cut.py",
    "whether memory comes back: bench/load.py",
    "whether the log keeps the secret to itself, for it is not kept here",
    "whether each Notification is delivered under one id: tests/acceptance/test_notifications.py, bench/crash.py",
)


def shut(rows: Rows, vault: Vault | None) -> Iterator[str]:
    """What is sealed can be opened."""
    there = {row["name"] for row in rows.all("tables")}
    for table, kind in SEALED.items():
        if table not in there:
            continue
        after = ""
        while found := rows.all(f"sealed_{table}", after=after):
            after = found[-1]["id"]
            for row in found:
                try:
                    (vault or NO_KEYS).open(row["sealed"], place(table, row["account"], row["id"]))
                except Broken as error:
                    yield f"{kind} {row['id']} cannot be opened: {error}."


def strangers(data: Path, known: set[str]) -> Iterator[str]:
    """What belongs to no Assembly."""
    for folder in sorted(data.glob("files/*/*")):
        if folder.name not in known:
            yield f"The folder {folder.relative_to(data)} belongs to no Assembly."
    for path in sorted(data.glob("uploads/*")):
        if path.name.partition("_")[0] not in known:
            yield f"The upload {path.name} belongs to no Assembly."


def told(data: Path, rows: Rows, secret: str) -> Iterator[str]:
    """The secret is where the keys are, and nowhere else."""
    once = json.dumps(secret)[1:-1]
    forms = {secret, once, json.dumps(once)[1:-1]}  # as it is, in JSON, and in JSON that lies in JSON
    for row in rows.all("all_assemblies"):
        record = [row, *(part for query in PARTS for part in rows.all(query, assembly=row["id"]))]
        if any(form in str(value) for part in record for value in part.values() for form in forms):
            yield f"Assembly {row['id']}: the secret stands in its record."
    for path in sorted(path for path in data.rglob("*") if path.is_file() and path.name != KEYS):
        if holds(path, secret.encode()):
            yield f"The secret stands in {path.relative_to(data)}."


def leftovers(data: Path) -> Iterator[str]:
    """What should have gone with the server."""
    for path in sorted(data.glob("scratch/*")):
        yield f"{path.relative_to(data)} is left of a job that is over."
    for process in orphans.find(owner(data)):
        yield f"The process {process} has outlived its server."


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, partial(hashlib.md5, usedforsecurity=False)).hexdigest()


def holds(path: Path, words: bytes) -> bool:
    """Looks at pieces that overlap, so that words at a seam are found too."""
    with path.open("rb") as file:
        seam = b""
        while piece := file.read(PIECE):
            if words in seam + piece:
                return True
            seam = piece[1 - len(words) :]
    return False
