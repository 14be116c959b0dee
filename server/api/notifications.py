"""Notifications: what came of them, told to whoever knows the Assembly, and sent again for its owner."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from pydantic import ConfigDict

from robots.base.params import Invalid, Param, Params
from robots.tools.guard import Guard
from server.api import notify_url
from server.api.middleware import json_response
from server.api.signed import Order, Signed
from server.api.told import Told
from server.engine.notifier import Notifier, Replay
from server.errors import ApiError
from server.model.assembly import Assembly
from server.model.assembly_replies import NothingMore, NotificationReplayed, Notifications
from server.model.listing import moment
from server.model.masking import masked_url
from server.model.notification import Attempt, Notification
from server.model.options import Object

ID = "{id:[a-z0-9]{32}}"
CODE = "ASSEMBLY_NOTIFICATION_NOT_REPLAYED"


class ReplayParams(Params):
    """Other keys are tolerated."""

    model_config = ConfigDict(extra="ignore")

    notify_url: str | None = Param(None, "Where to send it this once; the Assembly keeps its own notify_url.")
    fields: Object = Param({}, "Values for ${fields.name} in the address, over those of the Assembly.")
    wait: bool = Param(True, "Answers when the receiver has answered.")


class NotificationRoutes:
    """The resource /assembly_notifications."""

    def __init__(self, signed: Signed, notifier: Notifier, guard: Guard) -> None:
        self.signed = signed
        self.notifier = notifier
        self.guard = guard

    def attach(self, app: web.Application) -> None:
        """Adds the routes."""
        app.router.add_get("/assembly_notifications", self.none)
        app.router.add_get(f"/assembly_notifications/{ID}", self.list)
        app.router.add_post(f"/assembly_notifications/{ID}/replay", self.replay)

    @Told("Lists nothing: old clients still ask.", access="signed", reply=(NothingMore,))
    async def none(self, request: web.Request) -> web.Response:
        """A list of all is long gone from the API, and one old client still asks for it."""
        await self.signed.read(request)
        return json_response({"items": [], "count": 0})

    @Told(
        "Lists every attempt to deliver the Notifications of an Assembly.",
        ok=("ASSEMBLY_NOTIFICATIONS_LISTED",),
        reply=(Notifications,),
        codes=("ASSEMBLY_NOT_FOUND",),
    )
    async def list(self, request: web.Request) -> web.Response:
        found = await self.notifier.log(request.match_info["id"])
        if found is None:
            raise ApiError("ASSEMBLY_NOT_FOUND", assembly_id=request.match_info["id"])
        assembly, sent = found
        items = [item for notification, attempts in sent for item in _items(assembly, notification, attempts)]
        return json_response(_ok("ASSEMBLY_NOTIFICATIONS_LISTED", notifications=items))

    @Told(
        "Sends the Notification of an Assembly again.",
        access="signed",
        params=ReplayParams,
        ok=("ASSEMBLY_NOTIFICATION_REPLAYED", "ASSEMBLY_NOTIFICATION_REPLAYING"),
        reply=(NotificationReplayed,),
        codes=(
            *(CODE, "ASSEMBLY_INVALID_NOTIFY_URL", "ASSEMBLY_NOT_FOUND", "ASSEMBLY_NOT_FINISHED"),
            "ASSEMBLY_NO_NOTIFY_URL",
        ),
    )
    async def replay(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        wish = self._wish(order, request.match_info["id"])
        id, attempt = await self.notifier.replay(wish)
        if not wish.wait:
            return json_response(_ok("ASSEMBLY_NOTIFICATION_REPLAYING", success=True, notification_id=id))
        if attempt is None or attempt.error:
            reason = attempt.error if attempt else None
            raise ApiError(CODE, reason, assembly_id=wish.assembly, notification_id=id)
        return json_response(_ok("ASSEMBLY_NOTIFICATION_REPLAYED", success=True, notification_id=id))

    def _wish(self, order: Order, assembly: str) -> Replay:
        try:
            given = ReplayParams.parse(
                {name: order.params[name] for name in ReplayParams.model_fields if order.params.get(name) is not None}
            )
        except Invalid as error:
            raise ApiError(CODE, f"{error}.") from error
        notify_url.check(given.notify_url, self.guard)
        return Replay(assembly, order.account, given.notify_url, given.fields, order.ticket, given.wait)


def _items(assembly: Assembly, sent: Notification, attempts: list[Attempt]) -> list[dict[str, Any]]:
    """One for each attempt; or one that says that the first is still to come."""
    about = {
        "id": sent.id,
        "app_id": assembly.account,
        "assembly_id": assembly.id,
        "url": masked_url(sent.url or assembly.notify_url or ""),
    }
    if not attempts:
        return [{**about, "status": sent.state, **_came(None)}]
    return [{**about, "status": "error" if one.error else "successful", **_came(one)} for one in attempts]


def _came(attempt: Attempt | None) -> dict[str, Any]:
    return {
        "start": moment(attempt.start) if attempt else None,
        "duration": attempt.duration if attempt else None,
        "response_code": attempt.code if attempt else None,
        "response_data": attempt.data if attempt else None,
        "error": attempt.error if attempt else None,
    }


def _ok(code: str, **more: Any) -> dict[str, Any]:
    return {"ok": code, "http_code": 200, "message": MESSAGES[code], **more}


MESSAGES = {
    "ASSEMBLY_NOTIFICATIONS_LISTED": "The notifications of the Assembly were listed.",
    "ASSEMBLY_NOTIFICATION_REPLAYED": "The notification was delivered again.",
    "ASSEMBLY_NOTIFICATION_REPLAYING": "The notification is being sent again.",
}
