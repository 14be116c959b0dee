"""Scopes: what a key or token must be allowed for each route that asks for one."""

from __future__ import annotations

import re

from aiohttp import web

NEEDED = {
    "POST /assemblies": "assemblies:write",
    "POST /assemblies/{}": "assemblies:write",
    "PUT /assemblies/{}": "assemblies:write",
    "GET /assemblies": "assemblies:read",
    "POST /assemblies/{}/replay": "assemblies:write",
    "GET /assembly_notifications": "assemblies:read",
    "POST /assembly_notifications/{}/replay": "assemblies:write",
    "GET /assembly_stats": "assemblies:read",
    "GET /bill/{}": "billing:read",
    "GET /queues/job_slots": "queues:read",
    "GET /priority_job_slot_stats": "queues:read",
    "GET /templates": "templates:read",
    "POST /templates": "templates:write",
    "GET /templates/{}": "templates:read",
    "PUT /templates/{}": "templates:write",
    "DELETE /templates/{}": "templates:write",
    "GET /template_credentials": "template_credentials:read",
    "POST /template_credentials": "template_credentials:write",
    "GET /template_credentials/types": "template_credentials:read",
    "GET /template_credentials/{}": "template_credentials:read",
    "PUT /template_credentials/{}": "template_credentials:write",
    "DELETE /template_credentials/{}": "template_credentials:write",
    "GET /auth_keys": "auth_keys:read",
    "POST /auth_keys": "auth_keys:write",
    "GET /auth_keys/scopes": "auth_keys:read",
    "PUT /auth_keys/{}": "auth_keys:write",
    "DELETE /auth_keys/{}": "auth_keys:write",
    "POST /auth_keys/show_secret/{}": "auth_keys:write",
}
EVERYTHING = "everything"  # which is no scope: a route that is not in the table is for keys without limits


def needed(request: web.Request) -> str:
    resource = request.match_info.route.resource
    path = resource.canonical if resource else ""
    method = "GET" if request.method == "HEAD" else request.method
    return NEEDED.get(f"{method} {re.sub(r'{[^{}]*}', '{}', path)}", EVERYTHING)
