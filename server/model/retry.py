"""Retry: whether a job that was broken off runs again, and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from server.model.events import JobFailed
from server.model.job import Job

PAUSES = (1.0, 5.0)  # seconds before the second and the third attempt
LOST = 5  # a long job may be cut off by several restarts; one that brings the server down each time must end


def pause(job: Job) -> float | None:
    """How long to wait before a job that failed by chance is run again; None when it has had its attempts.

    Attempts that ended with the server do not count: they say nothing of the job.
    """
    failed = job.attempt - job.lost
    return PAUSES[failed - 1] if 0 < failed <= len(PAUSES) else None


def cut_off(jobs: Iterable[Job]) -> list[Job]:
    """The jobs that were running when the server ended, as they are after it."""
    return [replace(job, state="queued", lost=job.lost + 1) for job in jobs if job.state == "running"]


def given_up(jobs: Iterable[Job], at: float) -> list[JobFailed]:
    """The end of those that were cut off too often."""
    told = f"The server ended {LOST} times while this job ran, so it is not tried again: it may need too much memory."
    error = {"error": "INTERNAL_COMMAND_ERROR", "message": told, "reason": told}
    return [JobFailed(job.id, error, at) for job in jobs if job.active and job.lost >= LOST]
