"""Bills, job slots and statistics, for dashboards."""

from __future__ import annotations

import re
from typing import Any, TypeVar

from aiohttp import web

from server.api.middleware import json_response
from server.api.signed import Order, Signed
from server.api.told import Told
from server.engine.reports import Reports
from server.errors import ApiError
from server.model.listed import AssemblyListing
from server.model.replies import Bill, JobSlots, Stats
from server.model.stats import SlotStatsParams, StatsParams

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
UNSAID = (None, "")
LONGEST = 366 * 86_400  # seconds that statistics go back
W = TypeVar("W", bound=StatsParams)


class ReportRoutes:
    """`/bill`, `/queues/job_slots`, `/assembly_stats` and `/priority_job_slot_stats`."""

    def __init__(self, signed: Signed, reports: Reports) -> None:
        self.signed = signed
        self.reports = reports

    def attach(self, app: web.Application) -> None:
        """Adds the routes."""
        app.router.add_get("/bill/{month}", self.bill)
        app.router.add_get("/queues/job_slots", self.job_slots)
        app.router.add_get("/assembly_stats", self.assembly_stats)
        app.router.add_get("/priority_job_slot_stats", self.slot_stats)

    @Told(
        "Tells what the account used in a month.",
        access="signed",
        ok=("BILL_FOUND",),
        reply=(Bill,),
        codes=("BILL_NOT_FOUND",),
    )
    async def bill(self, request: web.Request) -> web.Response:
        order, month = await self.signed.read(request), request.match_info["month"]
        if not MONTH.fullmatch(month):
            raise ApiError("BILL_NOT_FOUND", "A month looks like 2030-01.")
        found = await self.reports.bill(order.account, month, order.ticket)
        return _told("BILL_FOUND", "The bill was found.", **found)

    @Told("Tells the jobs that run.", access="signed", ok=("PRIORITY_JOB_SLOTS_FOUND",), reply=(JobSlots,))
    async def job_slots(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        slots = await self.reports.job_slots(order.account, order.ticket)
        return _told("PRIORITY_JOB_SLOTS_FOUND", "The priority job slots were found.", priority_job_slots=slots)

    @Told(
        "Tells how many Assemblies there were, and how they ended.",
        access="signed",
        params=StatsParams,
        needs=("region", "since"),
        ok=("ASSEMBLY_STATS_FOUND",),
        reply=(Stats,),
        codes=("ASSEMBLY_STATS_MISSING_REGION", "ASSEMBLY_STATS_INVALID_TIME"),
    )
    async def assembly_stats(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        wish = _wish(StatsParams, order, "ASSEMBLY_STATS")
        stats = await self.reports.assemblies(order.account, _listing(wish, order), order.at, order.ticket)
        return _told("ASSEMBLY_STATS_FOUND", "The statistics were found.", **stats)

    @Told(
        "Tells how many jobs ran at the same time.",
        access="signed",
        params=SlotStatsParams,
        needs=("region", "since"),
        ok=("PRIORITY_JOB_SLOT_STATS_FOUND",),
        reply=(Stats,),
        codes=(
            *("PRIORITY_JOB_SLOT_STATS_MISSING_REGION", "PRIORITY_JOB_SLOT_STATS_INVALID_TIME"),
            "PRIORITY_JOB_SLOT_STATS_INVALID_AGGREGATION",
        ),
    )
    async def slot_stats(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        wish = _wish(SlotStatsParams, order, "PRIORITY_JOB_SLOT_STATS")
        listing = _listing(wish, order)
        stats = await self.reports.slots(order.account, listing, wish.aggregation, order.at, order.ticket)
        return _told("PRIORITY_JOB_SLOT_STATS_FOUND", "The statistics were found.", **stats)


def _wish(kind: type[W], order: Order, code: str) -> W:
    """What statistics are asked for. Raises ApiError."""
    given = {name: value for name, value in order.params.items() if value not in UNSAID}
    own = {"region": "MISSING_REGION", "since": "INVALID_TIME", "aggregation": "INVALID_AGGREGATION"}
    wish = kind.read(given, "INVALID_PARAMS_FIELD", **{name: f"{code}_{wrong}" for name, wrong in own.items()})
    if not 0 <= wish.since <= order.at:
        raise ApiError(f"{code}_INVALID_TIME", "`since` lies in the future, or too far in the past.")
    return wish


def _listing(wish: StatsParams, order: Order) -> AssemblyListing:
    """The Assemblies that statistics are made of."""
    listing = AssemblyListing(region=wish.region, template_id=wish.template_id)
    return listing.model_copy(update={"fromdate": max(wish.since, order.at - LONGEST)})


def _told(ok: str, message: str, **more: Any) -> web.Response:
    return json_response({"ok": ok, "http_code": 200, "message": message, **more})
