"""Assemblies: created, asked for, canceled."""

from __future__ import annotations

import asyncio
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from aiohttp import web

from robots.base.catalog import Catalog
from robots.tools.guard import Guard
from server.api import notify_url
from server.api.access import Access
from server.api.asked import Asked, asked
from server.api.forms import Aborted, FormLimits, Text, parts
from server.api.jsonp import with_jsonp
from server.api.shown import Shown, awaited, shown
from server.api.signature import Auth, Authenticated
from server.api.spool import Spool
from server.api.told import INSTRUCTIONS, JSON, Told
from server.engine.credentials import Credentials
from server.engine.looks import Arrival
from server.engine.runner import Runner
from server.engine.templates import Templates
from server.engine.uploads import Uploads
from server.engine.workspace import scratch
from server.errors import ApiError
from server.model import status
from server.model.account import Account
from server.model.addresses import Addresses
from server.model.assembly import Assembly
from server.model.assembly_replies import AssemblyStatus, BriefStatus
from server.model.events import Aborted as RequestAborted
from server.model.events import Canceled, FormReceived
from server.model.instructions import Instructions, parse
from server.model.notification import target
from server.model.sent import AssemblyParams, UploadsForm
from tus.failpoint import failpoint

RESERVED = frozenset({"params", "signature", "max_size", "redirect"}) | UploadsForm.names()
ANALYSED_AT_ONCE = 4
ID = "{id:[0-9a-f]{32}}"


@dataclass(slots=True)
class Form:
    """What a request has brought: its fields, and its files, which lie in `folder`."""

    folder: Path
    texts: dict[str, str] = field(default_factory=dict)
    files: list[Arrival] = field(default_factory=list)
    said: tuple[str | None, str | None] | None = None
    sender: Authenticated | ApiError = field(default_factory=lambda: ApiError("NO_PARAMS_FIELD"))

    @property
    def fields(self) -> dict[str, str]:
        return {name: value for name, value in self.texts.items() if name not in RESERVED}


@dataclass(frozen=True, slots=True)
class Door:
    """What creating an Assembly takes."""

    runner: Runner
    uploads: Uploads
    catalog: Catalog
    access: Access
    limits: FormLimits
    folder: Path
    now: Callable[[], float]
    origin: Callable[[web.Request], str | None]
    guard: Guard
    templates: Templates
    credentials: Credentials
    disabled: frozenset[str] = frozenset()


class Assemblies:
    """The resource /assemblies."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.runner = door.runner

    def attach(self, app: web.Application) -> None:
        """Adds the routes."""
        app.router.add_post("/assemblies", self.create)
        app.router.add_post(f"/assemblies/{ID}", self.create)
        app.router.add_put(f"/assemblies/{ID}", self.create)
        app.router.add_get(f"/assemblies/{ID}", with_jsonp(self.show, self.cancel))
        app.router.add_delete(f"/assemblies/{ID}", self.cancel)

    @Told(
        "Makes an Assembly: runs its steps on the files of the form, and on those that are uploaded to it.",
        access="key",
        params=AssemblyParams,
        form=UploadsForm,
        files=True,
        reply=(AssemblyStatus, BriefStatus),
        more={302: "To `redirect_url`, for browsers that sent a plain form."},
        codes=(
            *(*INSTRUCTIONS, "ASSEMBLY_INVALID_NUM_EXPECTED_UPLOAD_FILES_PARAM", "DO_NOT_REUSE_ASSEMBLY_IDS"),
            *("MAX_NUMBER_OF_FILES_EXCEEDED", "MAX_SIZE_EXCEEDED", "ASSEMBLY_SATURATED", "INVALID_FILE_META_DATA"),
        ),
    )
    async def create(self, request: web.Request) -> web.StreamResponse:
        """The body is read whole before anything starts, for a field that comes last counts for every file."""
        assembly_id = request.match_info.get("id") or uuid.uuid4().hex
        with scratch(self.door.folder, f"form-{secrets.token_hex(8)}") as folder:
            form = Form(folder)
            try:
                await self._read(request, form)
            except Aborted:
                await self._abort(assembly_id, request, form)
                raise
            sender = self._sender(request, form)
            self.door.access.creates(sender.account)
            assembly = self._assembly(assembly_id, request, form, await self._asked(request, form))
            await self.door.credentials.check(assembly.account, assembly.instructions)
            await self.runner.create(assembly, self.door.now(), ticket=sender.ticket)
            await self._take_in(assembly_id, request, form)
            failpoint("W5.after")
        return await self._created(request, assembly)

    @Told(
        "Tells how an Assembly goes, to whoever knows its id.",
        query={"callback": {"type": "string", "description": "Makes it a script that calls this function: JSONP."}},
        reply=(AssemblyStatus,),
        media=(JSON, "application/javascript"),
        codes=("ASSEMBLY_NOT_FOUND", "ASSEMBLY_STATUS_FETCHING_RATE_LIMIT_REACHED"),
    )
    async def show(self, request: web.Request) -> web.Response:
        assembly_id = request.match_info["id"]
        self.door.access.polls(assembly_id, self._url(request, assembly_id))
        return (await self._shown(assembly_id)).reply()

    @Told("Cancels an Assembly.", ok=("ASSEMBLY_CANCELED",), reply=(AssemblyStatus,), codes=("ASSEMBLY_NOT_FOUND",))
    async def cancel(self, request: web.Request) -> web.Response:
        """Answered the same whether there was something left to cancel or not."""
        assembly_id = request.match_info["id"]
        await self.runner.deliver(assembly_id, Canceled(self.door.now()))
        found = await self._shown(assembly_id)
        await self.door.uploads.discard(assembly_id)
        code, message = status.OK["canceled"]
        told = {key: value for key, value in found.status.items() if key not in ("error", "reason")}
        return replace(found, status=told).reply(ok=code, message=message)

    async def _read(self, request: web.Request, form: Form) -> None:
        limits = self.door.limits
        spool = Spool(form.folder, limits.early, partial(self._sender, request, form))
        form.files = spool.files
        async for part in parts(request, limits):
            if isinstance(part, Text):
                form.texts[part.name] = part.value
            else:
                await spool.take(part)

    def _url(self, request: web.Request, assembly_id: str) -> str:
        origin = self.door.origin(request)
        addresses = Addresses(origin) if origin else self.runner.house.addresses
        return addresses.assembly(assembly_id)

    def _assembly(self, assembly_id: str, request: web.Request, form: Form, asked: Asked) -> Assembly:
        """Every other check, in the order of the API, before the first byte is processed."""
        expected = UploadsForm.expected(form.texts)
        instructions = parse(_with_fields(asked.params, form.fields), self.door.catalog)
        limits = asked.auth
        account = self._sender(request, form).account
        check_robots(instructions, self.door.disabled, account)
        notify_url.check(target(instructions, assembly_id), self.door.guard)
        _check_files(form, limits)
        told = asked.told(
            fields=instructions.fields,
            uploads=expected or 0,
            form=True,
            bytes_expected=(request.content_length or 0) if form.files else 0,
            client=request.headers.get("Transloadit-Client"),
            max_size=limits.max_size,
            max_number_of_files=limits.max_number_of_files,
            origin=self.door.origin(request),
        )
        return Assembly(assembly_id, account.id, instructions, told, created=self.door.now())

    async def _asked(self, request: web.Request, form: Form) -> Asked:
        sender, said = self._sender(request, form), form.said or (None, None)
        sign = partial(self._checked, request, *said, required=True)
        return await asked(sender, self.door.templates, self.door.now(), request.headers.get("Referer"), sign)

    def _sender(self, request: web.Request, form: Form) -> Authenticated:
        """Asked for with each file: params are read again only when they are others."""
        said = (form.texts.get("params"), form.texts.get("signature"))
        if form.said != said:
            form.said, form.sender = said, self._authenticated(request, *said)
        if isinstance(form.sender, ApiError):
            raise form.sender
        return form.sender

    def _authenticated(
        self, request: web.Request, params: str | None, signature: str | None
    ) -> Authenticated | ApiError:
        try:
            return self._checked(request, params, signature)
        except ApiError as error:
            return error

    def _checked(
        self, request: web.Request, params: str | None, signature: str | None, required: bool = False
    ) -> Authenticated:
        return self.door.access.sender(request, params, signature, required)

    async def _take_in(self, assembly_id: str, request: web.Request, form: Form) -> None:
        """The files of the form, a few at a time; then the form is over."""
        slots = asyncio.Semaphore(ANALYSED_AT_ONCE)

        async def take(arrival: Arrival) -> None:
            async with slots:
                work = self.door.uploads.looks.take(assembly_id, arrival)
                task = self.runner.running.start(assembly_id, work)
                await asyncio.wait({task})
            if not task.cancelled():  # as it is when the Assembly ended meanwhile
                task.result()

        async with asyncio.TaskGroup() as group:
            for arrival in form.files:
                group.create_task(take(arrival))
        received = (request.content_length or 0) if form.files else 0
        await self.runner.insist(assembly_id, FormReceived(received, self.door.now()))

    async def _abort(self, assembly_id: str, request: web.Request, form: Form) -> None:
        """The client left in mid-body; who polls for this Assembly is told so, if it was to be one at all."""
        try:
            assembly = self._assembly(assembly_id, request, form, await self._asked(request, form))
            self.door.access.creates(self._sender(request, form).account)
        except ApiError:
            return
        now = self.door.now()
        await self.runner.create(assembly, now, RequestAborted(now))

    async def _created(self, request: web.Request, assembly: Assembly) -> web.StreamResponse:
        if target := _redirect(request, assembly):
            url = self.runner.house.seen_by(assembly).addresses.assembly(assembly.id)
            told = {"assembly_id": assembly.id, "assembly_url": url, "assembly_ssl_url": url}
            raise web.HTTPFound(_with_query(target, told))
        await awaited(self.runner, assembly)
        return (await self._shown(assembly.id, brief=assembly.instructions.quiet)).reply()

    async def _shown(self, assembly_id: str, brief: bool = False) -> Shown:
        found = await shown(self.runner, assembly_id, brief)
        if found is None:
            raise ApiError("ASSEMBLY_NOT_FOUND", assembly_id=assembly_id)
        return found


def _with_fields(params: dict[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """The fields of the form win over those of the params."""
    known = params.get("fields") or {}
    return {**params, "fields": {**known, **given}} if given and isinstance(known, dict) else params


def check_robots(instructions: Instructions, disabled: frozenset[str], account: Account) -> None:
    """Raises ApiError where a step uses a robot that the server, or the account, may not."""
    for name, step in instructions.steps.items():
        robot = step.robot_class.name
        if robot in disabled | account.disallowed_robots:
            who = "this server does not allow" if robot in disabled else "this account may not use"
            raise ApiError("ASSEMBLY_DISALLOWED_ROBOTS_USED", f'Step "{name}": {who} {robot}.', step=name)


def _check_files(form: Form, limits: Auth) -> None:
    if limits.max_number_of_files is not None and len(form.files) > limits.max_number_of_files:
        raise ApiError("MAX_NUMBER_OF_FILES_EXCEEDED", f"At most {limits.max_number_of_files} files may be uploaded.")
    for arrival in form.files:
        if limits.max_size is not None and arrival.path.stat().st_size > limits.max_size:
            raise ApiError("MAX_SIZE_EXCEEDED", f"{arrival.name} has more than the {limits.max_size} bytes allowed.")


def _redirect(request: web.Request, assembly: Assembly) -> str | None:
    """A browser that posted a plain form goes on to `redirect_url`; programs read JSON."""
    wanted = assembly.instructions.redirect_url
    program = "Transloadit-Client" in request.headers or request.query.get("redirect") == "false"
    return wanted if wanted and not program and "text/html" in request.headers.get("Accept", "") else None


def _with_query(url: str, told: Mapping[str, Any]) -> str:
    split = urlsplit(url)
    return urlunsplit(split._replace(query="&".join(filter(None, (split.query, urlencode(told))))))
