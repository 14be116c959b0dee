"""What an Assembly asks for when something happened; the runner carries it out after the state is saved."""

from __future__ import annotations

from dataclasses import dataclass

from server.model.job import Job


@dataclass(frozen=True, slots=True)
class StartJob:
    """Give this job to the queue; `after` is how many seconds to wait before."""

    job: Job
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class StopJobs:
    """End every job of the Assembly, queued or running."""

    assembly: str


@dataclass(frozen=True, slots=True)
class Publish:
    """Tell those who watch; `news` is a name of server/model/news.py, `file` the id of the file it is about."""

    news: str
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Notify:
    """Tell the notify_url of the Assembly that it has ended; this one is saved with the end itself."""

    assembly: str


Command = StartJob | StopJobs | Publish | Notify
