"""ClamAV: looks for viruses in a file, and in what lies inside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from robots.base.errors import BadInput, ToolFailed, ToolMissing
from robots.tools.process import Finished, Limits, View, run
from robots.tools.programs import Programs

SIGNATURES = Path("/var/lib/clamav")
CERTIFICATES = Path("/etc/clamav/certs")  # with which newer ones prove that signatures are genuine
INFECTED = 1
LARGEST = 2_000_000_000  # the library counts in 31 bits
LARGEST_INSIDE = 4 * 10**9
# ClamAV takes what is beyond its limits or locked for clean, unless it is told to say so.
ARGUMENTS = (
    *("--no-summary", "--infected", "--stdout", "--alert-exceeds-max=yes", "--alert-encrypted=yes"),
    *(f"--max-filesize={LARGEST}", f"--max-scansize={LARGEST_INSIDE}", "--max-scantime=0"),
)
FOUND = re.compile(r": (\S+) FOUND\s*$")
TOO_MUCH, LOCKED = "Heuristics.Limits.Exceeded", "Heuristics.Encrypted."
NO_SIGNATURES = re.compile(
    r"No supported database files found|cl_load|Can't open (?:file or )?directory", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Scan:
    """The name of a virus, if there is one; of what is `locked` by a password nobody knows what is in it."""

    virus: str | None = None
    locked: bool = False


class ClamAV:
    """The program clamscan with its signatures, which freshclam brings."""

    def __init__(self, programs: Programs, signatures: Path | None = None, seconds: float = 3600) -> None:
        self.programs = programs
        self.signatures = signatures or SIGNATURES
        self.limits = Limits(wall=seconds, cpu=int(seconds) + 1, memory=None, file_size=LARGEST_INSIDE)

    async def scan(self, path: Path, folder: Path) -> Scan:
        """What is found in a file; `folder` is for what it unpacks."""
        program = self.programs.need("clamscan")
        if not self.signatures.exists():
            raise lacking()
        if path.stat().st_size > LARGEST:
            raise BadInput(f"The file has more than the {LARGEST} bytes that can be scanned for viruses.")
        argv: list[str | Path] = [
            program,
            *ARGUMENTS,
            f"--database={self.signatures}",
            f"--tempdir={folder}",
            "--",
            path,
        ]
        reads = (path, self.signatures, *([CERTIFICATES] if CERTIFICATES.exists() else []))
        finished = await run(argv, view=View(folder, reads), limits=self.limits, check=False)
        return _found(finished)


def _found(finished: Finished) -> Scan:
    said = finished.stdout.decode("utf-8", "replace")
    if finished.code == 0:
        return Scan()
    if finished.code != INFECTED:
        raise _failure(finished, said)
    names = [found[1] for line in said.splitlines() if (found := FOUND.search(line))] or ["unknown"]
    viruses = [name for name in names if not name.startswith((TOO_MUCH, LOCKED))]
    if not viruses and any(name.startswith(TOO_MUCH) for name in names):
        raise BadInput("The file holds more than can be scanned for viruses.")
    return Scan(viruses[0]) if viruses else Scan(locked=True)


def _failure(finished: Finished, said: str) -> ToolFailed | ToolMissing:
    words = "\n".join([said, *finished.tail])
    if NO_SIGNATURES.search(words):
        return lacking()
    return ToolFailed("ClamAV could not scan the file.", exitCode=finished.code, stderr="\n".join(finished.tail))


def lacking() -> ToolMissing:
    return ToolMissing("ClamAV has no signatures on this server: run freshclam, or set SLUICE_VIRUS_SIGNATURES.")
