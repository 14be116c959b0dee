"""Requests that are made to break whoever reads them."""

from __future__ import annotations

import asyncio
import json
import random
import time
import uuid
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import FormData
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from server.api.signature import sign
from server.errors import known
from tests.live import KEY, SECRET
from tests.receiver import receiver
from tests.security.attacker import HASH, LATER, Attacker, instructions, pure, strict
from tests.security.test_routes import known as all_routes

pytestmark = pytest.mark.asyncio(loop_scope="module")

DEEP = 15_000
AUTH = f'"auth":{{"key":"{KEY}"}}'
MANY = {f"step{number}": {"robot": "/file/hash", "use": ":original"} for number in range(5000)}
# params: the sentence of the refusal names the limit
HOSTILE = {
    "far too deep": ("[" * DEEP + "]" * DEEP, "64 levels"),
    "far too deep in an object": ("{" + AUTH + ',"fields":' + '{"a":' * DEEP + "1" + "}" * DEEP + "}", "64 levels"),
    "too deep for the instructions": ("{" + AUTH + ',"fields":' + '{"a":' * 50 + "1" + "}" * 50 + "}", "31 levels"),
    "an endless number": ("{" + AUTH + ',"steps":' + "9" * 10_000 + "}", "64 bits"),
    "a number of more than 64 bits": ("{" + AUTH + f',"steps":{2**64}' + "}", "64 bits"),
    "NaN": ("{" + AUTH + ',"steps":NaN}', "NaN is no JSON"),
    "infinity": ("{" + AUTH + ',"steps":-Infinity}', "Infinity is no JSON"),
    "more than a number can be": ("{" + AUTH + ',"steps":1e400}', "too large"),
    "a key twice": ("{" + AUTH + "," + AUTH + "}", "'auth' comes twice"),
    "a key twice far inside": ("{" + AUTH + ',"steps":{"a":{"robot":"/a/b","robot":"/c/d"}}}', "'robot' comes twice"),
    "half a surrogate": ("{" + AUTH + ',"fields":{"a":"\\ud800"}}', "surrogate"),
    "half a surrogate as a key": ("{" + AUTH + ',"\\udfff":1}', "surrogate"),
    "more than a megabyte": ("{" + AUTH + ',"fields":{"a":"' + "x" * 1_000_000 + '"}}', "1000000 bytes"),
    "very many values": (instructions(fields={"a": [0] * 30_000}), "20000 values"),
    "five thousand steps": (instructions(MANY), "500 is the most"),
}


@pytest.mark.case(14, 15, 16, 17, 18, 19)
@pytest.mark.parametrize(("params", "limit"), HOSTILE.values(), ids=HOSTILE)
async def test_params_made_to_break_their_reader_are_refused_with_the_limit(
    attacker: Attacker, params: str, limit: str
) -> None:
    began = time.monotonic()

    status, told = await attacker.create(params)

    assert status == 400
    assert told["error"] in ("INVALID_PARAMS_FIELD", "INVALID_FORM_DATA", "ASSEMBLY_INVALID_STEPS")
    assert limit in told["message"]
    assert len(told["message"]) < 300
    assert time.monotonic() - began < 5  # under a second but for a busy machine


@pytest.mark.case(19)
async def test_a_thousand_keys_are_not_too_many(attacker: Attacker) -> None:
    status, _ = await attacker.create(instructions(fields={f"key{number}": number for number in range(1000)}))

    assert status == 200


@pytest.mark.case(16, 18)
async def test_whatever_is_accepted_is_told_again_as_strict_json(attacker: Attacker) -> None:
    odd = "\0 \x1b[31m \u2028 \ufeff \U0001f600 <script> ' \" \\ \x7f"
    steps = {
        "hash": {
            "robot": "/file/hash",
            "use": ":original",
            "user_meta": {"odd": odd, "large": 1e308, "whole": 2**64 - 1},
        }
    }
    async with receiver() as home:
        params = instructions(steps, fields={"odd": odd}, notify_url=home.url)
        _, created = await attacker.create(params, more=odd, num_expected_upload_files="1")
        async with attacker.http.get(created["update_stream_url"]) as stream:
            await attacker.upload(created, b"x", "od\td \u2028.txt")
            [event] = [line for line in (await stream.text()).split("\n") if line.startswith("data: [")]
        async with attacker.http.get(created["assembly_ssl_url"]) as reply:
            over = strict(await reply.text())
        [delivery] = await home.heard()

    assert over["ok"] == "ASSEMBLY_COMPLETED", over
    assert over["fields"] == strict(delivery.text)["fields"] == {"odd": odd, "more": odd}
    assert over["results"]["hash"][0]["user_meta"] == steps["hash"]["user_meta"]
    assert pure(event.removeprefix("data: "))[1]["user_meta"] == steps["hash"]["user_meta"]


@pytest.mark.case(20)
@pytest.mark.parametrize("disposition", ["form-data; name=f; filename=" + "x" * 9000, "form-data; name=" + "x" * 9000])
async def test_the_head_of_a_part_is_bounded(attacker: Attacker, disposition: str) -> None:
    body = f"--b\r\nContent-Disposition: {disposition}\r\n\r\nx\r\n--b--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=b"}

    async with attacker.ask("POST", "/assemblies", data=body.encode(), headers=headers) as reply:
        told = strict(await reply.text())

    assert (reply.status, told["error"]) == (400, "INVALID_FORM_DATA")
    assert "8192 bytes" in told["message"]


@pytest.mark.case(20)
async def test_eight_thousand_parts_are_too_many(attacker: Attacker) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=b"}

    async with attacker.ask("POST", "/assemblies", data=part * 8000 + b"--b--\r\n", headers=headers) as reply:
        told = strict(await reply.text())

    assert (reply.status, told["error"]) == (400, "INVALID_FORM_DATA")
    assert "1000 fields" in told["message"]


def form_of(params: str) -> bytes:
    head = f'--b\r\nContent-Disposition: form-data; name="params"\r\n\r\n{params}\r\n'
    file = '--b\r\nContent-Disposition: form-data; name="f"; filename="f.bin"\r\n\r\n'
    return f"{head}{file}{'x' * 200_000}\r\n--b--\r\n".encode()


@pytest.mark.case(22)
@pytest.mark.parametrize("share", [0.0002, 0.3, 0.6, 0.9, 0.9999])
async def test_a_client_that_vanishes_leaves_an_ended_assembly_and_no_bytes(attacker: Attacker, share: float) -> None:
    body, chosen = form_of(instructions()), uuid.uuid4().hex
    headers = {"Content-Type": "multipart/form-data; boundary=b", "Content-Length": str(len(body))}

    async with attacker.wire() as connection:
        await connection.send("POST", f"/assemblies/{chosen}", headers, body[: int(len(body) * share)])
        connection.reset() if share > 0.5 else connection.finish()
        reply = await settled(attacker, chosen, "REQUEST_ABORTED" if share > 0.1 else "ASSEMBLY_NOT_FOUND")

    assert reply["http_code"] in (200, 404)


async def settled(attacker: Attacker, assembly: str, code: str) -> dict[str, Any]:
    """What is told of an Assembly when its form has left the disk."""
    async with asyncio.timeout(20):
        while True:
            reply = await ask(attacker, assembly)
            if code in reply.values() and not list((attacker.app.folder / "scratch").glob("form-*")):
                return reply
            await asyncio.sleep(0.02)


async def ask(attacker: Attacker, assembly: str) -> dict[str, Any]:
    async with attacker.ask("GET", f"/assemblies/{assembly}") as reply:
        return strict(await reply.text())


@pytest.mark.case(22)
async def test_a_form_without_its_end_is_malformed(attacker: Attacker) -> None:
    body = form_of(instructions()).removesuffix(b"--b--\r\n")
    headers = {"Content-Type": "multipart/form-data; boundary=b"}

    async with attacker.ask("POST", "/assemblies", data=body, headers=headers) as reply:
        assert (reply.status, strict(await reply.text())["error"]) == (400, "INVALID_FORM_DATA")
    assert not list((attacker.app.folder / "scratch").glob("form-*"))


@pytest.mark.case(11, 88)
@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(.*)*x", "(a{1,100}){1,100}c", "\\1(a)", "(?=(a+))\\1$"])
async def test_a_pattern_that_takes_for_ever_keeps_nobody_waiting(attacker: Attacker, pattern: str) -> None:
    referer = {"Referer": "a" * 8000 + "!"}
    condition = [["${file.name}", "regex", pattern]]
    params = instructions({"filter": {"robot": "/file/filter", "use": ":original", "accepts": condition}})
    form = FormData([("params", params)])
    form.add_field("file", b"x", filename="a" * 200 + "!")

    began = time.monotonic()
    async with attacker.ask(
        "POST", "/assemblies", data={"params": instructions(auth={"referer": pattern})}, headers=referer
    ) as reply:
        refused = strict(await reply.text())
    async with attacker.ask("POST", "/assemblies", data=form) as reply:
        filtered = strict(await reply.text())
    if "update_stream_url" in filtered:
        async with attacker.http.get(filtered["update_stream_url"]) as stream:
            await stream.read()

    assert refused["error"] in ("REFERER_MISMATCH", "INVALID_AUTH_REFERER_PARAMETER")
    assert time.monotonic() - began < 5


@pytest.mark.case(24)
async def test_no_answer_carries_a_header_that_a_client_made_up(attacker: Attacker) -> None:
    smuggled = "a\r\nX-Smuggled: 1"
    for params in (
        instructions(redirect_url=f"https://a.b/{smuggled}"),
        instructions(redirect_url="https://a.b/\u010d\u010aX-Smuggled: 1"),
        instructions(fields={"a": smuggled}, redirect_url="https://a.b/?${fields.a}"),
    ):
        headers = {"Accept": "text/html", "X-Request-ID": "a b"}
        async with attacker.ask("POST", "/assemblies", data={"params": params}, headers=headers) as reply:
            assert "X-Smuggled" not in reply.headers
            assert reply.status in (302, 400)
            assert reply.headers["X-Request-ID"].isalnum()


SEGMENTS = [
    "..",
    ".",
    "%2e%2e",
    "%2f",
    "%5c",
    "%00",
    "%ff",
    "%c0%ae",
    "%zz",
    "a" * 32,
    ";",
    "//",
    "\\",
    "%25",
    "~",
    "é",
    "*",
]
PATHS = st.lists(st.sampled_from(SEGMENTS) | st.text("abc/.%;?#:@[]", max_size=8), max_size=6).map("".join)


@pytest.mark.case(29, 30)
async def test_no_path_leads_to_a_fault_or_to_a_file_outside(attacker: Attacker) -> None:
    roots = sorted({route.pattern.partition("{")[0] for route in all_routes(attacker)})
    found = [root + way for root in roots for way in ("../" * 8 + "etc/passwd", "%2e%2e%2frun.py", "a" * 8000)]

    @seed(29)
    @settings(max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(roots), PATHS)
    def collect(root: str, path: str) -> None:
        found.append(root + path)

    await asyncio.to_thread(collect)
    text, chance = instructions(auth={"expires": LATER}), random.Random(29)
    signed = "?" + urlencode({"params": text, "signature": sign(SECRET, text)})  # so that ids are looked at
    for path in dict.fromkeys(found):
        method = chance.choice(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
        target = "".join(char if char.isascii() and char > " " else "_" for char in path) + signed
        async with attacker.wire() as connection:
            reply = await connection.ask(method, target, {"Connection": "close", "Tus-Resumable": "1.0.0"})
        assert reply.status < 500, (method, path)
        assert b"root:" not in reply.body
        assert b"Traceback" not in reply.body
        if reply.body and reply.headers["Content-Type"].startswith("application/json"):
            (strict if reply.status >= 400 else pure)(reply.text)


@pytest.mark.case(30)
@pytest.mark.parametrize("seed", range(4))
async def test_any_json_as_params_is_answered_as_json(attacker: Attacker, seed: int) -> None:
    random.seed(seed)
    for _ in range(40):
        params: dict[str, Any] = {"auth": {"key": KEY}, "steps": json.loads(json.dumps(HASH))}
        for _ in range(random.randint(1, 3)):
            place = random.choice(
                [params, params["auth"], *([params["steps"]] if isinstance(params["steps"], dict) else [])]
            )
            place[
                random.choice(["steps", "auth", "fields", "notify_url", "hash", "use", "robot", "expires", "quiet"])
            ] = random.choice([None, True, -1, 1e300, "", "x", "${a}", [], {}, [[]], {"robot": {}}, {"steps": []}])
            if not isinstance(params.get("auth"), dict):
                break
        status, told = await attacker.create(json.dumps(params))
        assert status in (200, 400, 404), told
        assert status == 200 or known(told["error"])
