"""Worker: takes jobs from the queue, runs their robots, and publishes each result as soon as it is there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

from robots.base.errors import BadInput, BadParams, RobotError, ToolMissing, ToolTimeout
from robots.base.file import File
from robots.base.params import Invalid, has_variable
from robots.base.robot import Robot, StoreRobot
from robots.probe.probe import Prober
from robots.tools.abreast import Give, in_lots
from robots.tools.script import Scripts
from robots.tools.turns import on_behalf_of
from server import shortage
from server.engine.credentials import Credentials
from server.engine.files import Files
from server.engine.progress import Progress
from server.engine.publisher import Publisher
from server.engine.runner import Runner
from server.engine.running import Running
from server.engine.teller import Teller
from server.engine.texts import texts
from server.engine.workspace import JobWorkspace, Toolbox
from server.errors import ApiError
from server.model import variables
from server.model.addresses import Addresses
from server.model.assembly import Assembly
from server.model.credential import secrets_of
from server.model.events import JobFailed, JobFinished, JobStarted, ResultMade
from server.model.interpolation import Interpolation
from server.model.job import Job
from server.model.masking import MASK, placeless
from server.model.scope import scope
from server.model.step import Step
from server.tasks import Tasks
from tus.failpoint import failpoint

log = logging.getLogger(__name__)
AHEAD = 16  # results of a job that may wait for those before them
DISALLOWED = "ASSEMBLY_DISALLOWED_ROBOTS_USED"


@dataclass(frozen=True, slots=True)
class Work:
    """A job with all that it needs from its Assembly."""

    job: Job
    step: Step
    inputs: tuple[File, ...]
    source: str | None
    fields: Mapping[str, Any]
    addresses: Addresses
    account: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Shop:
    """What the workers share.

    `limits` is the seconds that a job of each class of work may take; `isolates` says that robots which need a sandbox
    have one; `disabled` names robots that may not run.
    """

    folder: Path
    files: Files
    toolbox: Toolbox
    prober: Prober
    scripts: Scripts
    region: str
    limits: Mapping[str, float]
    credentials: Credentials
    isolates: bool = True
    disabled: frozenset[str] = frozenset()


class Worker:
    """Each lane runs one job of its class of work at a time."""

    def __init__(
        self, runner: Runner, running: Running, shop: Shop, progress: Progress, now: Callable[[], float]
    ) -> None:
        self.runner = runner
        self.running = running
        self.shop = shop
        self.progress = progress
        self.now = now
        self.publisher = Publisher(shop.files, shop.prober)
        self.lanes = Tasks()

    def open(self, work: str, lanes: int) -> None:
        for _ in range(lanes):
            self.lanes.start(self._lane(work))

    async def close(self) -> None:
        """Takes no more jobs; those that run are left alone."""
        await self.lanes.close()

    async def _lane(self, work: str) -> None:
        while True:
            job = await self.runner.queue.take(work)
            try:
                await asyncio.wait({self.running.start(job.assembly, self._kept(job))})
            finally:
                self.runner.queue.done(job)

    async def _kept(self, job: Job) -> None:
        """A job that goes wrong in a way that nobody foresaw must not take its lane along."""
        try:
            with on_behalf_of(job.account, job.assembly):
                await self.run(job)
        except Exception:
            log.exception("job %s of step %s broke", job.id, job.step)
        finally:
            for file in job.files:
                self.shop.prober.sights.tell(self.shop.files.path(job.assembly, file), None)

    async def run(self, job: Job) -> None:
        started = JobStarted(job.id, self.now())
        work = await self.runner.insist_and_read(job.assembly, [started], lambda assembly: self._work(assembly, job.id))
        if work is None:
            return
        failpoint("W8.before")
        async with Teller(self.runner, job.assembly) as teller:
            await teller.end(await self._ending(work, teller))
        self.progress.ended(job)

    async def _ending(self, work: Work, teller: Teller) -> JobFinished | JobFailed:
        """How a job ends, when its results are on their way."""
        job, report = work.job, self.progress.reporter(work.job)
        with closing(JobWorkspace(self.shop.folder / job.id, self.shop.toolbox, report)) as workspace:
            try:
                async with asyncio.timeout(self.shop.limits[job.work]):
                    await self._results(work, workspace, teller)
                return JobFinished(job.id, self.now(), self._warnings(workspace))
            except RobotError as error:
                return self._failed(work, error, workspace)
            except TimeoutError as error:
                return self._failed(work, _too_slow(self.shop.limits[job.work], error), workspace)
            except Exception as error:
                log.exception("robot %s broke", work.step.robot)
                return self._failed(work, _known(error), workspace)

    def _work(self, assembly: Assembly, job_id: str) -> Work | None:
        job = assembly.jobs.get(job_id)
        if job is None or not job.active or assembly.terminal:
            return None
        made = [assembly.files[item.file] for item in job.inputs]
        inputs = tuple(
            replace(one.file, tag=item.tag, step=one.step, path=self.shop.files.bytes_of(assembly.id, one.file))
            for one, item in zip(made, job.inputs, strict=True)
        )
        step = assembly.instructions.steps[job.step]
        addresses = self.runner.house.seen_by(assembly).addresses
        source = made[0].step if made else None
        request = assembly.request
        return Work(job, step, inputs, source, request.fields, addresses, assembly.account, request.parent)

    async def _results(self, work: Work, workspace: JobWorkspace, teller: Teller) -> None:
        _check_content(work)
        if work.step.robot_class.name in self.shop.disabled:
            raise RobotError(f"This server does not allow {work.step.robot} any more.", DISALLOWED)
        if work.step.robot_class.isolated and not self.shop.isolates:
            raise ToolMissing(f"{work.step.robot} runs only in a sandbox, and this server has none.")
        robot = await self._robot(work, workspace)
        meta = await self._user_meta(work, workspace)
        work = replace(work, step=replace(work.step, forgives=robot.forgives, user_meta=meta))
        number = 0
        async with aclosing(in_lots(partial(_made, robot, work, workspace), AHEAD)) as lots:
            async for lot in lots:
                async for done in self.publisher.publish_all(lot, work, number):
                    failpoint("W9.before")
                    at = self.now()
                    made = (ResultMade(work.job.id, each.file, at, each.ignored, each.kept) for each in done)
                    await teller.add(*made)
                number += len(lot)

    async def _robot(self, work: Work, workspace: JobWorkspace) -> Robot[Any]:
        """The robot with its typed parameters, every variable filled in."""
        kind, rules = work.step.robot_class, work.step.interpolation
        raw = {**kind.model.variable_defaults(), **work.step.params}
        known = {**self._scope(work, next(iter(work.inputs), None)), "use": await texts(work.inputs)}
        try:
            filled, warnings = await self._filled(raw, known, rules)
            for sentence in warnings:  # first, for what has no value may be what is wrong
                workspace.warn(f"Step {work.step.name}: {sentence}")
            own = {name: raw[name] for name in kind.model.per_file() if has_variable(raw.get(name))}
            if own:
                each = [await self._filled(own, {**known, **self._scope(work, file)}, rules) for file in work.inputs]
                filled |= {name: [one[name] for one, _ in each] for name in own}
            robot = kind(kind.model.parse(await self._with_credentials(work, filled, workspace)))
        except Invalid as error:
            raise BadParams(f"Step {work.step.name}: {error}") from error
        return robot

    async def _user_meta(self, work: Work, workspace: JobWorkspace) -> Mapping[str, Any]:
        """What the results carry along, with the variables of the file that they are made of."""
        if not has_variable(work.step.user_meta):
            return work.step.user_meta
        known, rules = self._scope(work, next(iter(work.inputs), None)), Interpolation(work.step.interpolate)
        try:
            filled, warnings = await self._filled({"user_meta": work.step.user_meta}, known, rules)
        except Invalid as error:
            raise BadParams(f"Step {work.step.name}: {error}") from error
        for sentence in warnings:
            workspace.warn(f"Step {work.step.name}: {sentence}")
        meta: Mapping[str, Any] = filled["user_meta"]
        return meta

    async def _with_credentials(self, work: Work, params: dict[str, Any], workspace: JobWorkspace) -> dict[str, Any]:
        """With those that the step names under its own parameters; last, for `${` in a secret is no variable."""
        name = params.get("credentials")
        if not isinstance(name, str) or not name:
            return params
        opened = await self.shop.credentials.open(work.account, work.step, name)
        workspace.secrets = secrets_of(opened.content)
        try:
            under = opened.under(params, work.step.robot_class.model.names(), work.step.params)
        except ApiError as error:
            raise RobotError(error.reason or error.message, code=error.code) from error
        return {name: value for name, value in under.items() if name != "credentials"}

    async def _filled(
        self, params: Mapping[str, Any], known: Mapping[str, Any], rules: Interpolation
    ) -> tuple[dict[str, Any], list[str]]:
        sources = variables.expressions(params, known, rules)
        results = await self.shop.scripts.evaluate(sources, known) if sources else []
        return variables.fill(params, known, variables.answered(sources, results), rules)

    def _scope(self, work: Work, file: File | None) -> dict[str, Any]:
        url = work.addresses.file(work.job.assembly, file) if file else None
        return scope(
            assembly_id=work.job.assembly,
            parent_id=work.parent,
            region=self.shop.region,
            file=replace(file, url=file.url or url, ssl_url=file.ssl_url or url) if file else None,
            previous_step=file.step if file else work.source,
            fields=work.fields,
        )

    def _failed(self, work: Work, error: RobotError, workspace: JobWorkspace) -> JobFailed:
        code = error.code or work.step.robot_class.error()
        told = {key: value for key, value in error.details.items() if key != "phase"}
        phase = error.details.get("phase") or ("import" if work.step.robot_class.inputs == "none" else "execute")
        words = {"error": code, "message": error.message, "reason": error.message, **told}
        failure = {key: self._told(value, workspace) for key, value in words.items()}
        return JobFailed(work.job.id, failure, self.now(), str(phase), self._warnings(workspace), error.retry)

    def _warnings(self, workspace: JobWorkspace) -> tuple[str, ...]:
        return tuple(self._told(sentence, workspace) for sentence in workspace.warnings)

    def _told(self, value: Any, workspace: JobWorkspace) -> Any:
        """Tools name the files that they work on, and libraries the addresses that they were given."""
        if not isinstance(value, str):
            return value
        for secret in sorted(workspace.secrets, key=len, reverse=True):
            value = value.replace(secret, MASK)
        return placeless(value, str(self.shop.folder.resolve().parent))


async def _made(robot: Robot[Any], work: Work, workspace: JobWorkspace, give: Give[File]) -> None:
    exports = isinstance(robot, StoreRobot)
    if exports:
        failpoint("W10.before")
    generator = cast(AsyncGenerator[File, None], robot.work_on(work.inputs, workspace))
    async with aclosing(generator) as results:  # a robot that broke off must not go on in the background
        async for made in results:
            if exports:
                failpoint("W10.after")
            await give(made)


def _check_content(work: Work) -> None:
    """A robot that knows kinds of files can do nothing with an empty one."""
    empty = next((file.name for file in work.inputs if file.size == 0), None)
    if empty is not None and "any" not in work.step.robot_class.accepts:
        raise BadInput(f"The file {empty} is empty: the upload was cut or there was nothing in it.")


def _too_slow(limit: float, cause: TimeoutError) -> RobotError:
    known = ToolTimeout(f"The job took longer than the {limit:g} seconds that it may take, and was stopped.")
    known.__cause__ = cause
    return known


def _known(error: Exception) -> RobotError:
    known = RobotError("The robot broke in a way that it should not; the log of this server says how.")
    known.__cause__ = error
    return shortage.failure(error) or known
