"""The description of the API as an OpenAPI document: made of the routes, of what is told of them, and of the models."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from pydantic import BaseModel

from server import errors
from server.api.resumable import TOLD
from server.api.scopes import NEEDED
from server.api.told import JSON, Told
from server.model.auth import AuthParams
from server.model.replies import Failure
from server.model.schema import DEFINED, any_step_schema, cleaned
from server.model.sent import AssemblyParams
from tus import errors as tus_errors

Json = dict[str, Any]
VERSION = "3.1.0"
SCHEMAS = "#/components/schemas/{model}"
STEP = SCHEMAS.format(model="Step")
MULTIPART, URLENCODED = "multipart/form-data", "application/x-www-form-urlencoded"
# What any route may answer: the head of a request is wrong, or the server has too much to do.
ANYWHERE = (
    *("INVALID_FORM_DATA", "INVALID_URL_ENCODING", "RATE_LIMIT_REACHED", "CANNOT_ACCEPT_NEW_ASSEMBLIES", "SERVER_500"),
)
UNTOLD: tuple[Any, ...] = (None, "", {})  # defaults that say no more than that nothing was given
SECURITY: Mapping[str, list[Json]] = {
    "key": [{}, {"bearer": []}],
    "signed": [{}, {"bearer": []}],
    "login": [{"basic": []}],
}
SIGNATURE = {
    "type": "string",
    "description": "The HMAC of exactly the text of `params`: an algorithm, a colon and hex digits.",
    "examples": ["sha384:…"],
}
BINARY = {"type": "string", "format": "binary"}
FILE = {"type": "string", "contentMediaType": "application/octet-stream", "description": "A file; there may be many."}
# The first segment of a path, and the resource that it belongs to.
RESOURCES = {
    "assemblies": "Assemblies",
    "ws1": "Live status",
    "resumable": "Resumable uploads",
    "results": "Results",
    "assembly_notifications": "Notifications",
    "templates": "Templates",
    "template_credentials": "Template Credentials",
    "auth_keys": "Auth keys and tokens",
    "token": "Auth keys and tokens",
    "cdn": "Pictures on demand",
    **dict.fromkeys(("bill", "queues", "assembly_stats", "priority_job_slot_stats"), "Bills and statistics"),
    "robots": "Robots",
}
REST = "This server"
PLACES = {
    "id": "Its id.",
    "ref": "Its id, or its name.",
    "month": "Such as 2030-01.",
    "workspace": "The name of an account.",
    "address": "The Template, a slash and `${fields.input}`; each parameter of the query is another field.",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One route as it is to be described. `places` are the variables of its path, with their patterns."""

    method: str
    path: str
    places: Mapping[str, str]
    told: Told | None

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


def operations(routes: Iterable[web.AbstractRoute]) -> Iterator[Operation]:
    """Each route once; HEAD goes without saying where there is a GET."""
    known: set[str] = set()
    for route in routes:
        if route.resource is None:
            continue
        info = route.resource.get_info()
        path = str(info.get("path") or info["formatter"])
        path = path.rstrip("/") or "/"
        name = f"{route.method} {path}"
        told = getattr(route.handler, "told", None) or TOLD.get(name)
        if name in known or (route.method == "HEAD" and name not in TOLD):
            continue
        known.add(name)
        pattern = info.get("pattern")
        yield Operation(route.method, path, _places(path, pattern.pattern) if pattern else {}, told)


def document(routes: Iterable[web.AbstractRoute], robots: Iterable[str], version: str) -> Json:
    """The whole description, of the routes of which something is told."""
    made = Document()
    paths: dict[str, Json] = defaultdict(dict)
    for operation in sorted(operations(routes), key=lambda each: _order(each.path)):
        if operation.told:
            paths[operation.path][operation.method.lower()] = made.operation(operation, operation.told)
    return {
        "openapi": VERSION,
        "info": {"title": "Sluice", "version": version, "description": "Takes uploads and works on them."},
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in dict.fromkeys((*RESOURCES.values(), REST))],
        "paths": paths,
        "components": {
            "schemas": {**made.schemas, "Step": any_step_schema(robots)},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "In place of auth.key and signature."},
                "basic": {"type": "http", "scheme": "basic", "description": "An auth key and its secret."},
            },
        },
        "x-errors": {code: {"http_code": status, "message": text} for code, (status, text) in errors.CODES.items()},
    }


class Document:
    """What is described so far: the models that operations speak of are gathered in `schemas`."""

    def __init__(self) -> None:
        self.schemas: Json = {}
        self._known: dict[type[BaseModel], Json] = {}

    def operation(self, operation: Operation, told: Told) -> Json:
        needed = NEEDED.get(re.sub(r"{\w+}", "{}", operation.name))
        body = self._body(operation.method, told)
        return {
            "operationId": re.sub(r"\W+", "_", operation.name.lower()).strip("_"),
            "tags": [RESOURCES.get(operation.path.split("/")[1], REST)],
            "summary": told.summary,
            **({"x-scope": needed} if needed else {}),
            "x-access": told.access,
            "security": SECURITY.get(told.access, []),
            "parameters": list(self._parameters(operation, told)),
            **({"requestBody": body} if body else {}),
            "responses": self._responses(operation, told),
        }

    def _parameters(self, operation: Operation, told: Told) -> Iterator[Json]:
        for name, pattern in operation.places.items():
            schema = {"type": "string", "pattern": f"^{pattern}$"}
            words = {"description": PLACES[name]} if name in PLACES else {}
            yield {"name": name, "in": "path", "required": True, **words, "schema": schema}
        for where, fields in (("query", told.query), ("header", told.headers)):
            for name, field in fields.items():
                yield {"name": name, "in": where, "required": name in told.needs, "schema": field}
        if told.access == "signed" and not _has_body(operation.method):
            yield {
                "name": "params",
                "in": "query",
                "required": bool(told.needs),
                "content": {JSON: {"schema": self._params(told)}},
            }
            yield {"name": "signature", "in": "query", "schema": SIGNATURE}

    def _body(self, method: str, told: Told) -> Json | None:
        if told.body:
            return {"content": {told.body: {"schema": BINARY}}}
        if not _has_body(method) or (told.access not in ("key", "signed") and told.form is None):
            return None
        fields: Json = self._model(told.form)["properties"] if told.form else {}
        login = told.access == "login"
        required = list(told.needs) if login else ["params"] if told.needs else []
        properties = fields if login else {**self._signed(told), **fields}
        plain = {"type": "object", "properties": properties, "required": required}
        whole = {**plain, "properties": {**properties, "file": FILE}} if told.files else plain
        return {"content": {MULTIPART: {"schema": whole}, URLENCODED: {"schema": plain}}}

    def _signed(self, told: Told) -> Json:
        params = {"type": "string", "contentMediaType": JSON, "contentSchema": self._params(told)}
        return {"params": {**params, "description": "JSON text."}, "signature": SIGNATURE}

    def _params(self, told: Told) -> Json:
        own: Json = self._model(told.params) if told.params else {"type": "object"}
        properties: Json = {**own.get("properties", {})}
        if "steps" in properties and told.params is AssemblyParams:
            properties["steps"] = {**properties["steps"], "additionalProperties": {"$ref": STEP}}
        if told.sort:
            properties["sort"] = {**properties["sort"], "enum": list(told.sort)}
        auth = {"auth": self._ref(AuthParams)}
        return {**own, "properties": {**auth, **properties}, "required": list(told.needs)}

    def _responses(self, operation: Operation, told: Told) -> Json:
        by_status: dict[int, list[str]] = defaultdict(list)
        outside = ("SERVER_404",) if operation.places else ()
        form = ("INVALID_FORM_DATA 415",) if told.access in ("key", "signed") or told.form else ()
        for code in dict.fromkeys((*told.every_code, *form, *outside, *ANYWHERE)):
            name, status = status_of(code)
            by_status[status].append(name)
        answer = self._answer(told, by_status.pop(told.status, []))
        more = {status: {"description": words} for status, words in told.more.items()}
        wrong = {status: self._refusal(codes) for status, codes in by_status.items()}
        every = {told.status: answer, **more, **wrong}
        return {str(status): every[status] for status in sorted(every)}

    def _answer(self, told: Told, codes: list[str]) -> Json:
        if not told.media:
            return {"description": "Done; the reply has no body."}
        said = {"properties": {"ok": {"enum": list(told.ok)}}} if told.ok else {}
        kinds = [{**self._ref(model), **said} for model in told.reply] or [{"type": "object"}]
        if codes:
            kinds.append(self._failure(codes))
        schema = kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
        text = told.event or {"type": "string"}
        content = {media: {"schema": schema if media == JSON else text} for media in told.media}
        return {"description": " or ".join(told.ok) or "Done.", "content": content}

    def _refusal(self, codes: list[str]) -> Json:
        """Uploads refuse in plain text, all else in JSON."""
        plain = [code for code in codes if code in tus_errors.CODES]
        own = [code for code in codes if code not in tus_errors.CODES]
        text = {"type": "string", "pattern": f"^({'|'.join(plain)}): "}
        content = {
            **({JSON: {"schema": self._failure(own)}} if own else {}),
            **({"text/plain": {"schema": text}} if plain else {}),
        }
        return {"description": ", ".join(codes), "content": content}

    def _failure(self, codes: list[str]) -> Json:
        known = [code for code in codes if "*" not in code]
        made = [{"pattern": f"^{code.replace('*', '[A-Z0-9_]+')}$"} for code in codes if "*" in code]
        error = {"anyOf": [{"enum": known}, *made]} if made else {"enum": known}
        return {**self._ref(Failure), "properties": {"error": error}}

    def _ref(self, model: type[BaseModel]) -> Json:
        self.schemas[model.__name__] = self._model(model)
        return {"$ref": SCHEMAS.format(model=model.__name__)}

    def _model(self, model: type[BaseModel]) -> Json:
        if model not in self._known:
            schema: Json = _telling(cleaned(model.model_json_schema(ref_template=SCHEMAS)))
            self.schemas.update(schema.pop(DEFINED, {}))
            self._known[model] = schema
        return self._known[model]


def status_of(code: str) -> tuple[str, int]:
    """A code and its status, which may be told behind it."""
    name, _, status = code.partition(" ")
    usual = tus_errors.CODES.get(name) or errors.known(name.replace("*", "ROBOT"))
    return name, int(status) if status else usual[0]


def _places(path: str, pattern: str) -> dict[str, str]:
    """The variables of a path with their patterns, which stand in that of the whole path between known texts."""
    names = re.findall(r"{(\w+)}", path)
    texts = [re.escape(text) for text in re.split(r"{\w+}", path)]
    ends = [f"){text}(?P<{name}>" for text, name in zip(texts[1:], [*names[1:], ""], strict=False)]
    found, rest = {}, pattern.partition("(?P<")[2].partition(">")[2]
    for name, end in zip(names[:-1], ends, strict=False):
        found[name], _, rest = rest.partition(end)
    found[names[-1]] = rest.removesuffix(f"){texts[-1]}")
    return found


def _telling(schema: Any) -> Any:
    """Without defaults that say nothing."""
    if isinstance(schema, list):
        return [_telling(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: _telling(value) for name, value in schema.items() if not (name == "default" and value in UNTOLD)}


def _has_body(method: str) -> bool:
    return method in ("POST", "PUT", "PATCH")


def _order(path: str) -> tuple[int, str]:
    first = path.split("/")[1]
    known = list(RESOURCES)
    return (known.index(first) if first in known else len(known), path)
