"""Asked: what a request wants of a new Assembly, once the Template that it names lies under it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from server.api import referer as referer_pattern
from server.api.signature import Auth, Authenticated, allowance
from server.engine.templates import Templates
from server.errors import ApiError
from server.model.masking import masked
from server.model.parts import Request
from server.model.template import Template, merged

LONGEST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """`params` are merged; what was `sent` is shown beside them."""

    sent: dict[str, Any]
    params: dict[str, Any]
    auth: Auth
    template: Template | None = None

    def told(self, **more: Any) -> Request:
        """What the status shows of both, and of what else is known of the request."""
        if self.template is None:
            return Request(masked(self.sent), **more)
        return replace(Request(masked(self.sent), **more), merged=masked(self.params), **self.template.leaves)


async def asked(
    sender: Authenticated, templates: Templates, at: float, referer: str | None, sign: Callable[[], object]
) -> Asked:
    """Raises ApiError; `sign` does so where a Template wants a signature and the request has none."""
    ref = sender.params.get("template_id")
    if ref is None or ref == "":
        if sender.account.require_template:
            raise ApiError("NO_TEMPLATE_ID")
        return Asked(sender.params, sender.params, sender.auth)
    template = await _template(sender, templates, ref, at)
    if template.signed and not sender.signed:
        sign()
    params = merged(template, sender.params)
    referer_pattern.check(params["auth"].get("referer"), referer)
    return Asked(sender.params, params, allowance(params["auth"]), template)


async def _template(sender: Authenticated, templates: Templates, ref: Any, at: float) -> Template:
    try:
        if isinstance(ref, str):
            return await templates.use(sender.account.id, ref, at)
    except ApiError as error:
        if error.code != "TEMPLATE_NOT_FOUND":
            raise
    missing = ApiError("TEMPLATE_NOT_FOUND", f"There is no Template {str(ref)[:LONGEST_SHOWN]!r}.")
    missing.status = 400  # that /assemblies does not exist is not what is meant
    raise missing
