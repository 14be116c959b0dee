"""Job: one run of one step's robot on one file, or on one bundle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal

JobState = Literal["queued", "running", "held", "done", "failed", "stopped"]
Tag = str | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Input:
    """A file that a job works on, and the role that the step's `use` gave it."""

    file: str
    tag: Tag = None


@dataclass(frozen=True, slots=True)
class Job:
    """Times are Unix seconds. `work` is the class of work; `label` is how the status names the job.

    `attempt` counts its starts, and `lost` those of them that ended with the server. One that is `held` failed before
    all was known of its file, and runs again when it is.
    """

    id: str
    assembly: str
    account: str
    step: str
    inputs: tuple[Input, ...]
    work: str
    label: str
    batch: bool = False
    state: JobState = "queued"
    attempt: int = 0
    lost: int = 0
    queued: float = 0.0
    started: float | None = None
    finished: float | None = None

    @property
    def files(self) -> tuple[str, ...]:
        """The ids of its inputs."""
        return tuple(item.file for item in self.inputs)

    @property
    def active(self) -> bool:
        return self.state in ("queued", "running", "held")


def job_id(assembly: str, step: str, inputs: Sequence[Input]) -> str:
    """The same work has the same id, however often it is planned."""
    return digest(assembly, step, *(part for item in inputs for part in (item.file, str(item.tag or ""))))


def result_id(job: str, number: int) -> str:
    """The id of a job's n-th result: a job that runs again makes the same files."""
    return digest(job, str(number))


def digest(*parts: str) -> str:
    """32 hex digits, in the form of the API's ids."""
    return blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()
