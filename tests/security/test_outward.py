"""Requests that a server is asked to make: to its own neighbours, and to itself."""

import uuid

import pytest

from tests.live import ended
from tests.security.attacker import Attacker, instructions

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.case(53)
@pytest.mark.parametrize(
    "url",
    [
        *("http://10.0.0.1/", "http://[::1]/", "https://169.254.169.254/latest", "http://2130706433.:22/"),
        *("http://0xa.1/", "http://[::ffff:10.0.0.1]/", "http://me:secret@192.168.0.1/", "http://[64:ff9b::a00:1]/"),
        *(
            "http://example.com:25/",
            "http://example.com\\@10.0.0.1/",
            "http://10.0.0.1%00.example.com/",
            "http://１０.0.0.1/",
        ),
    ],
)
async def test_an_assembly_cannot_tell_a_private_address_of_its_end(attacker: Attacker, url: str) -> None:
    status, told = await attacker.create(instructions(notify_url=url))

    assert (status, told["error"]) == (400, "ASSEMBLY_INVALID_NOTIFY_URL")
    assert "secret" not in str(told)


@pytest.mark.case(57)
@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/ws/assemblies/{id}", "HTTP_IMPORT_NOT_FOUND"),
        ("/assemblies/{id}", None),
        ("{stream}", "HTTP_IMPORT_FAILURE"),
    ],
)
async def test_an_assembly_that_imports_itself_comes_to_an_end(
    attacker: Attacker, path: str, error: str | None
) -> None:
    known = uuid.uuid4().hex
    _, other = await attacker.create(instructions(), num_expected_upload_files="1")
    stream = other["update_stream_url"].removeprefix(attacker.origin).replace(other["assembly_id"], known)
    url = attacker.origin + path.format(id=known, stream=stream)
    steps = {"own": {"robot": "/http/import", "url": url, "fail_fast": True}}

    _, told = await attacker.create(instructions(steps), path=f"/assemblies/{known}")
    last = await ended(attacker.http, told, seconds=20)

    assert last.get("error") == error, last
