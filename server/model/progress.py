"""How much of an Assembly is done, in percent, for the whole and for each original file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from server.model.assembly import Assembly
from server.model.job import Job

WEIGHTS = {"video": 20.0, "network": 4.0, "image": 2.0, "file": 1.0}


def progress(assembly: Assembly, running: Mapping[str, float]) -> dict[str, Any]:
    """The payload of `assembly_execution_progress`. `running` maps jobs to the fraction that is done of them.

    Every step that an original can still reach counts with the weight of its class of work, so that a finished
    thumbnail beside a long encode is a small part of the whole.
    """
    jobs: dict[tuple[str, str], list[Job]] = defaultdict(list)
    for job in assembly.jobs.values():
        for original in originals(assembly, job):
            jobs[original, job.step].append(job)
    shares = {
        original: _share(assembly, original, jobs, running)
        for original in dict.fromkeys([*_inputs(assembly), *(original for original, _ in jobs)])
    }
    done, whole = sum(share[0] for share in shares.values()), sum(share[1] for share in shares.values())
    return {
        "progress_combined": _percent(done, whole),
        "progress_per_original_file": [
            {"original_id": original, "progress": _percent(*share)} for original, share in shares.items() if original
        ],
    }


def originals(assembly: Assembly, job: Job) -> list[str]:
    """The original files that a job works for; an import works for one that is not known yet."""
    found: dict[str, None] = {}
    for item in job.inputs:
        known = assembly.files[item.file].file.original_id
        found.update(dict.fromkeys(known if isinstance(known, tuple) else (known,)))
    return list(found) or [""]


def _inputs(assembly: Assembly) -> list[str]:
    return [made.file.id for made in assembly.files.values() if made.file.original_id == made.file.id]


def _share(
    assembly: Assembly, original: str, jobs: Mapping[tuple[str, str], list[Job]], running: Mapping[str, float]
) -> tuple[float, float]:
    done = whole = 0.0
    source = assembly.files[original].step if original else None
    for name in assembly.plan.reachable(source):
        step = assembly.instructions.steps[name]
        weight = WEIGHTS[step.robot_class.work]
        mine = jobs.get((original, name), [])
        if mine:
            done += weight * sum(_fraction(job, running) for job in mine) / len(mine)
        if mine or not assembly.plan.is_drained(name):
            whole += weight
    return done, whole


def _fraction(job: Job, running: Mapping[str, float]) -> float:
    return running.get(job.id, 0.0) if job.active else 1.0


def _percent(done: float, whole: float) -> int:
    return int(100 * done / whole) if whole else 100
