"""Plan: which jobs should exist, given the files that do. Monotone: planning again only finds the same jobs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from server.model.graph import Graph
from server.model.instructions import Instructions
from server.model.job import Input, Job, Tag, job_id
from server.model.parts import ORIGINAL, Made

NUMBERS = re.compile(r"(\d+)")
Taken = tuple[Made, Tag]


class Plan:
    """Remembers what it needs to tell quickly what a new file brings about.

    A step is drained when it can get no more files and has no job left; only then can a bundle of its files be made.
    """

    def __init__(self, assembly: str, account: str, instructions: Instructions) -> None:
        self.assembly = assembly
        self.account = account
        self.steps = instructions.steps
        self.graph = Graph(instructions.steps)
        self._early = {name for name, step in self.steps.items() if step.early and not self.graph.bundled(name)}
        self._files: dict[str, dict[str, Made]] = defaultdict(dict)
        self._stored: dict[str, list[str]] = defaultdict(list)
        self._active: dict[str, set[str]] = defaultdict(set)
        self._known: set[str] = set()
        self._bundled: set[str] = set()
        self._drained: set[str] = set()

    def restore(self, files: Iterable[Made], jobs: Iterable[Job]) -> None:
        """Takes in what was saved."""
        for made in files:
            self._note_file(made)
        for job in jobs:
            self.note(job)

    def again(self, at: float) -> list[Job]:
        """Every job that does not wait for a step's end, from the files that there are."""
        return [
            *self.begin(at),
            *(job for files in self._files.values() for made in files.values() for job in self._next(made, at)),
        ]

    @property
    def active(self) -> bool:
        """Whether any job waits or runs."""
        return any(self._active.values())

    @property
    def hurries(self) -> bool:
        """Whether an upload is wanted before all is known of it: a job that reads it may tell the rest."""
        return any(name in self._early for name in self.graph.consumers(ORIGINAL))

    def shows(self, step: str) -> bool:
        """Whether the files of a step are listed in the results."""
        return self.graph.is_result(step)

    def stored(self, file: str) -> list[str]:
        """The files that store steps made of a file: one for each place where it was put."""
        return self._stored.get(file, [])

    def is_drained(self, step: str) -> bool:
        return step in self._drained

    def reachable(self, source: str | None) -> list[str]:
        """The steps that files of a step can come to; those that need no input if there is none."""
        if source is None:
            return [name for name in self.graph.order if self._begins(name)]
        found = {source}
        for name in self.graph.order:
            if found & set(self.graph.sources(name)):
                found.add(name)
        return [name for name in self.graph.order if name in found - {source}]

    def warnings(self) -> list[str]:
        """Steps that will never run, and parameters that do nothing."""
        return [
            *(
                f"The step {name} has no `use`, so it gets no files and will not run."
                for name in self.graph.order
                if name != ORIGINAL and not self.graph.sources(name) and not self._begins(name)
            ),
            *(
                f"Step {name}: {param} is accepted for compatibility only, and has no effect here."
                for name, step in self.steps.items()
                for param in step.robot_class.model.unheeded(step.params)
            ),
        ]

    def note(self, job: Job) -> None:
        """Keeps in mind whether a job is still to be waited for."""
        self._known.add(job.id)
        if job.active:
            self._active[job.step].add(job.id)
        else:
            self._active[job.step].discard(job.id)

    def begin(self, at: float) -> list[Job]:
        """The jobs that need no input."""
        return [self._job(name, (), at) for name in self.graph.order if self._begins(name)]

    def made(self, made: Made, at: float) -> list[Job]:
        """The jobs that a file brings about when it is new, and when it is whole at last; bundles wait longer."""
        self._note_file(made)
        return self._next(made, at)

    def _next(self, made: Made, at: float) -> list[Job]:
        return [
            self._job(name, (Input(made.file.id, tag),), at, made.step)
            for name in self.graph.consumers(made.step)
            if (name in self._early or made.whole) and not self.graph.bundled(name)
            for tag in self.graph.takes(name, made.step, made.file)
        ]

    def drained(self, uploads_over: bool, at: float) -> list[Job]:
        """The bundles that are complete now. In the order of the graph, for one step's end can be the next one's."""
        jobs: list[Job] = []
        for name in self.graph.order:
            if name in self._drained or not self._fed(name, uploads_over):
                continue
            if self.graph.bundled(name) and name not in self._bundled:
                self._bundled.add(name)
                jobs += self._bundles(name, at)
            if not self._active[name]:
                self._drained.add(name)
        return jobs

    def _fed(self, name: str, uploads_over: bool) -> bool:
        """Whether a step has got all its input."""
        if name == ORIGINAL:
            return uploads_over
        return all(source in self._drained for source in self.graph.sources(name))

    def _begins(self, name: str) -> bool:
        return name != ORIGINAL and self.steps[name].robot_class.inputs == "none" and not self.graph.sources(name)

    def _bundles(self, name: str, at: float) -> list[Job]:
        sources = self.graph.sources(name)
        if not all(self._files.get(source) for source in sources):
            return []  # when one of the steps gave nothing, there is nothing to put together
        taken: list[Taken] = [
            (made, tag) for made in self._made_by(sources) for tag in self.graph.takes(name, made.step, made.file)
        ]
        jobs = [self._job(name, inputs, at, sources[0]) for inputs in self._divided(name, taken)]
        for job in jobs:
            if job.id not in self._known:
                self.note(job)
        return jobs

    def _divided(self, name: str, taken: list[Taken]) -> Iterator[tuple[Input, ...]]:
        step = self.steps[name]
        groups: dict[Any, list[Taken]] = defaultdict(list)
        numbered = all(made.file.place for made, _ in taken)
        arrived = {"import_order": True, "auto": numbered}.get(str(step.params.get("sort_by")), False)
        for made, tag in sorted(taken, key=_arrival if arrived else _place):
            groups[made.file.original_id if step.use.group_by_original else None].append((made, tag))
        for group in groups.values():
            tagged = [replace(made.file, tag=tag) for made, tag in group]
            for together in step.robot_class.divide(tagged):
                yield tuple(Input(file.id, file.tag) for file in together)

    def _made_by(self, sources: Iterable[str]) -> Iterator[Made]:
        for source in sources:
            yield from self._files[source].values()

    def _job(self, name: str, inputs: tuple[Input, ...], at: float, source: str | None = None) -> Job:
        step = self.steps[name]
        return Job(
            id=job_id(self.assembly, name, inputs),
            assembly=self.assembly,
            account=self.account,
            step=name,
            inputs=inputs,
            work=step.robot_class.work,
            label=f"{name}::{source or name}",
            batch=step.queue == "batch",
            queued=at,
        )

    def _note_file(self, made: Made) -> None:
        self._files[made.step][made.file.id] = made
        if self.steps[made.step].robot_class.stores:
            for source in made.inputs:
                self._stored[source].append(made.file.id)


def _place(taken: Taken) -> tuple[Any, ...]:
    """The order in a bundle: by the number of the tag, then by name as people sort names."""
    made, tag = taken
    number = str(tag or "").rpartition("_")[2]
    natural = [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in NUMBERS.split(made.file.basename)]
    return (int(number) if number.isdecimal() else 0, natural, made.file.id)


def _arrival(taken: Taken) -> tuple[Any, ...]:
    """The order in which an import names files, or in which they came; tags count first all the same."""
    made, _ = taken
    return (_place(taken)[0], made.file.place, made.at, made.file.id)
