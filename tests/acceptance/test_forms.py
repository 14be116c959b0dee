"""Assemblies made by forms, in all the ways in which clients write one."""

from __future__ import annotations

import asyncio
import json
import uuid
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import FormData

from tests import samples
from tests.customer import Customer
from tests.live import KEY

pytestmark = pytest.mark.asyncio(loop_scope="module")

HASHED = {"hashed": {"robot": "/file/hash", "use": ":original"}}


@pytest.mark.case(21)
async def test_files_may_come_before_the_params_and_share_a_name(customer: Customer, tmp_path: Path) -> None:
    form = FormData(quote_fields=False)
    for name, text in (("one.txt", "1"), ("two.txt", "two")):
        form.add_field("papers[]", text.encode(), filename=name)
    form.add_field("params", customer.server.params(HASHED))
    form.add_field("more", b"bytes of another field", filename="C:\\fake\\path\\three.txt")

    async with customer.http.post(f"{customer.server.origin}/assemblies", data=form) as response:
        created = await response.json()

    over = await customer.completed(created)
    assert created["ok"] in ("ASSEMBLY_EXECUTING", "ASSEMBLY_COMPLETED")
    assert created["num_input_files"] == 3
    assert [
        (file["field"], file["name"], file["size"]) for file in sorted(over["uploads"], key=lambda f: f["size"])
    ] == [
        ("papers[]", "one.txt", 1),
        ("papers[]", "two.txt", 3),
        ("more", "three.txt", 22),
    ]
    assert len(over["results"]["hashed"]) == 3
    assert over["bytes_received"] == over["bytes_expected"] > 26


async def test_form_fields_win_over_those_of_the_params(customer: Customer) -> None:
    wanted = {"album": "from params", "place": {"city": "Berlin"}}

    status = await customer.create(HASHED, form={"album": "from form", "note": "ü"}, fields=wanted)

    assert status["fields"] == {"album": "from form", "note": "ü", "place": {"city": "Berlin"}}


async def test_a_form_may_be_urlencoded(customer: Customer) -> None:
    form = {"params": customer.server.params(HASHED), "tus_num_expected_upload_files": "1", "album": "a & b"}

    async with customer.http.post(f"{customer.server.origin}/assemblies", data=form) as response:
        status = await response.json()

    assert response.request_info.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert (status["ok"], status["expected_tus_uploads"]) == ("ASSEMBLY_UPLOADING", 1)
    assert status["fields"] == {"album": "a & b"}


async def test_params_may_come_in_the_query(customer: Customer, tmp_path: Path) -> None:
    form = FormData()
    form.add_field("file", samples.txt(tmp_path).read_bytes(), filename="note.txt")
    query = {"params": customer.server.params(HASHED), "album": "trees"}

    async with customer.http.post(f"{customer.server.origin}/assemblies", params=query, data=form) as response:
        over = await customer.completed(await response.json())

    assert [file["name"] for file in over["results"]["hashed"]] == ["note.txt"]
    assert over["fields"] == {"album": "trees"}


@pytest.mark.parametrize("spelling", ["num_expected_upload_files", "tus_num_expected_upload_files"])
async def test_announced_uploads_are_waited_for(customer: Customer, spelling: str) -> None:
    waiting = await customer.create(HASHED, form={spelling: "2"})
    ready = await customer.create(HASHED, form={spelling: "0"})

    assert (waiting["ok"], waiting["expected_tus_uploads"]) == ("ASSEMBLY_UPLOADING", 2)
    assert (waiting["uploads"], waiting["results"]) == ([], {})
    assert (await customer.completed(ready))["results"] == {}


async def test_a_file_of_the_form_and_an_announced_upload_are_both_worked_on(
    customer: Customer, tmp_path: Path
) -> None:
    note = samples.txt(tmp_path)

    status = await customer.create(HASHED, note, form={"num_expected_upload_files": "1"})
    assert (status["ok"], len(status["uploads"])) == ("ASSEMBLY_UPLOADING", 1)
    await customer.upload(status, note)

    over = await customer.completed(status)
    assert sorted(file["is_tus_file"] for file in over["uploads"]) == [False, True]
    assert len(over["results"]["hashed"]) == 2


@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_the_client_may_choose_the_id(customer: Customer, method: str) -> None:
    chosen = uuid.uuid4().hex
    form = {"params": customer.server.params(HASHED)}

    async with customer.http.request(method, f"{customer.server.origin}/assemblies/{chosen}", data=form) as response:
        status = await response.json()

    assert (response.status, status["assembly_id"]) == (200, chosen)
    assert status["assembly_ssl_url"] == f"{customer.server.origin}/assemblies/{chosen}"


@pytest.mark.case(22)
async def test_a_form_that_breaks_off_is_an_aborted_request_to_who_asks(customer: Customer) -> None:
    chosen = uuid.uuid4().hex
    address = urlsplit(customer.server.origin)
    params = json.dumps({"auth": {"key": KEY}, "steps": HASHED})
    body = f'--x\r\nContent-Disposition: form-data; name="params"\r\n\r\n{params}\r\n'
    body += '--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nonly the beginn'
    head = f"POST /assemblies/{chosen} HTTP/1.1\r\nHost: here\r\nContent-Length: 99999\r\n"

    _, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(f"{head}Content-Type: multipart/form-data; boundary=x\r\n\r\n{body}".encode())
    await writer.drain()
    writer.close()
    await writer.wait_closed()

    url = f"{customer.server.origin}/assemblies/{chosen}"
    async with asyncio.timeout(10):
        while (response := await customer.http.get(url)).status == 404:  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0.05)
    status = await response.json()
    assert (status["ok"], status["uploads"]) == ("REQUEST_ABORTED", [])


async def test_quiet_is_answered_with_no_more_than_the_id(customer: Customer, tmp_path: Path) -> None:
    note = samples.txt(tmp_path)

    async with customer.post(customer.server.params(HASHED, quiet=True), note) as response:
        told = await response.json()

    url = f"{customer.server.origin}/assemblies/{told['assembly_id']}"
    assert set(told) == {"ok", "assembly_id"}
    assert (await customer.until({"assembly_ssl_url": url}, lambda now: now["ok"] == "ASSEMBLY_COMPLETED"))["uploads"]


async def test_a_browser_goes_on_to_the_redirect_url_and_a_program_does_not(customer: Customer) -> None:
    params = customer.server.params(HASHED, redirect_url="https://example.com/done?from=form")
    url, browser = f"{customer.server.origin}/assemblies", {"Accept": "text/html,application/xhtml+xml"}
    form = {"params": params}

    async with customer.http.post(url, data=form, headers=browser, allow_redirects=False) as response:
        target = urlsplit(response.headers["Location"])
    async with customer.http.post(f"{url}?redirect=false", data=form, headers=browser) as by_script:
        assert (await by_script.json())["ok"] == "ASSEMBLY_COMPLETED"
    async with customer.http.post(url, data=form) as by_program:
        assert (await by_program.json())["ok"] == "ASSEMBLY_COMPLETED"

    query = parse_qs(target.query)
    assert (response.status, target.hostname, query["from"]) == (302, "example.com", ["form"])
    assert query["assembly_url"] == query["assembly_ssl_url"] == [f"{url}/{query['assembly_id'][0]}"]
