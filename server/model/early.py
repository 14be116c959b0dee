"""Early: what is done with a file before all is known of it. Nobody hears of that until the rest is known too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from server.model.job import Job
from server.model.parts import Made


def waits(files: Mapping[str, Made], inputs: Iterable[str]) -> bool:
    """Whether what was made of these files, or went wrong with them, has to wait."""
    return any(not files[name].whole for name in inputs)


def told(files: Mapping[str, Made]) -> list[Made]:
    """The files that clients may know of, in the order in which they came to be."""
    partly = {name for name, made in files.items() if not made.whole}
    if not partly:
        return list(files.values())
    return [made for name, made in files.items() if name not in partly and partly.isdisjoint(made.inputs)]


def results(files: Mapping[str, Made], source: str) -> list[Made]:
    """What was made of a file so far."""
    return [made for made in files.values() if source in made.inputs]


def credited(made: Made, source: Made) -> Made:
    """The same with the hash of its original, which may not have been known when the job began."""
    if made.file.original_md5hash:
        return made
    return replace(made, file=replace(made.file, original_md5hash=source.file.original_md5hash))


def reading(jobs: Iterable[Job], source: str) -> bool:
    """Whether a job waits for its turn with a file or is at work on it."""
    return any(job.state != "held" for job in unsettled(jobs, source))


def unsettled(jobs: Iterable[Job], source: str) -> list[Job]:
    """The jobs of a file that are not over; of those some may have failed early."""
    return [job for job in jobs if job.active and any(item.file == source for item in job.inputs)]
