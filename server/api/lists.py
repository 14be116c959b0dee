"""The list of the Assemblies of an account."""

from __future__ import annotations

from aiohttp import web

from server.api.middleware import json_response
from server.api.signed import Signed
from server.api.told import Told
from server.engine.lists import Lists
from server.model.assembly_replies import AssemblyItems
from server.model.listed import AssemblyListing
from server.model.listing import listing_of

COLUMNS = ("created", "created_ts", "updated")


class ListRoutes:
    """`GET /assemblies`."""

    def __init__(self, signed: Signed, lists: Lists) -> None:
        self.signed = signed
        self.lists = lists

    def attach(self, app: web.Application) -> None:
        """Adds the route."""
        app.router.add_get("/assemblies", self.list)

    @Told(
        "Lists the Assemblies of the account.",
        access="signed",
        params=AssemblyListing,
        sort=COLUMNS,
        reply=(AssemblyItems,),
        codes=("ASSEMBLY_LIST_ERROR",),
    )
    async def list(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        wish = listing_of(AssemblyListing, order.params, COLUMNS, "ASSEMBLY_LIST_ERROR")
        items, count = await self.lists.page(order.account, wish, order.ticket)
        return json_response({"items": items, "count": count})
