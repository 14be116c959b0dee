"""Graph: who feeds whom, in which order, what is bundled and what is listed as a result."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import replace

from robots.base.file import File
from server.model.step import Step
from server.model.use import Source


class Graph:
    """The steps and their `use`. Every used step is among them.

    `order` is topological: each step comes after those it uses. Steps that run in a circle are not in it.
    """

    def __init__(self, steps: Mapping[str, Step]) -> None:
        self.steps = dict(steps)
        self._consumers: dict[str, list[str]] = {name: [] for name in steps}
        for name, step in steps.items():
            for source in step.use.steps:
                self._consumers[source].append(name)
        self.order = self._sort()

    def consumers(self, name: str) -> tuple[str, ...]:
        """The steps that use this one."""
        return tuple(self._consumers[name])

    def sources(self, name: str) -> tuple[str, ...]:
        """The steps that this one uses, each once."""
        return self.steps[name].use.steps

    def leaf(self, name: str) -> bool:
        """Whether nobody uses this step."""
        return not self._consumers[name]

    def cycle(self) -> list[str] | None:
        """Steps that feed each other in a circle, the first of them again at the end."""
        stuck = set(self.steps) - set(self.order)
        if not stuck:
            return None
        path = [next(name for name in self.steps if name in stuck)]
        # Each of them waits for another of them, so walking up must come back to a step already met.
        while path[-1] not in path[:-1]:
            path.append(next(source for source in self.sources(path[-1]) if source in stuck))
        return path[path.index(path[-1]) :][::-1]

    def bundled(self, name: str) -> bool:
        """Whether the files of this step go into one job together, instead of one job each."""
        step = self.steps[name]
        tagged = any(source.tag for source in step.use.sources)
        asked = step.use.bundle or step.use.group_by_original
        return asked or tagged or step.robot_class.inputs == "bundle"

    def is_result(self, name: str) -> bool:
        """Whether the files of this step are listed in the results."""
        step = self.steps[name]
        if step.robot_class.stores:
            return False
        if step.result is not None:
            return bool(step.result)
        if self.leaf(name):
            return not step.implicit
        return any(self.lists_inputs(consumer) for consumer in self._consumers[name])

    def lists_inputs(self, name: str) -> bool:
        """Whether this step stores files that are then listed, under their own steps, where it put them."""
        step = self.steps[name]
        wanted = self.leaf(name) if step.result is None else bool(step.result)
        return step.robot_class.stores and wanted

    def takes(self, name: str, source: str, file: File) -> tuple[str | None, ...]:
        """The tags under which a file of the step `source` comes into a step; none if it does not take the file.

        The same file may come in twice, such as with the tags "base" and "watermark".
        """
        step = self.steps[name]
        return tuple(wanted.tag for wanted in step.use.sources if wanted.step == source and _lets(step, wanted, file))

    def _sort(self) -> tuple[str, ...]:
        waits = {name: len(step.use.steps) for name, step in self.steps.items()}
        ready = deque(name for name, count in waits.items() if count == 0)
        order: list[str] = []
        while ready:
            order.append(ready.popleft())
            for consumer in self._consumers[order[-1]]:
                waits[consumer] -= 1
                if waits[consumer] == 0:
                    ready.append(consumer)
        return tuple(order)


def _lets(step: Step, source: Source, file: File) -> bool:
    """Whether the form field and the kind of a file are right for a step."""
    if any(fields and file.field not in fields for fields in (source.fields, step.use.fields)):
        return False
    return step.force_accept or step.robot_class.takes(replace(file, tag=source.tag))
