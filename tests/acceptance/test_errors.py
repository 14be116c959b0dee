"""Each way in which a request can be refused: its code, its HTTP status, and the envelope that clients read."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse

from server.api.signature import sign
from tests import samples
from tests.customer import TUS, Customer, Json, customer_of_new_server
from tests.live import KEY, SECRET

pytestmark = pytest.mark.asyncio(loop_scope="module")

URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}
HASHED = {"hashed": {"robot": "/file/hash", "use": ":original"}}
LATER = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y/%m/%d %H:%M:%S+00:00")
EARLIER = "2020-01-10T12:02:05.826Z"


def asked(auth: Any, steps: Any = HASHED, **more: Any) -> str:
    return json.dumps({"auth": auth, "steps": steps, **more})


def of_key(**auth: Any) -> Json:
    return {"key": KEY, **auth}


def step(**told: Any) -> Json:
    return {"one": {"robot": "/file/hash", "use": ":original", **told}}


async def refusal(response: ClientResponse, status: int = 400) -> Json:
    """The envelope, once everything that all refusals have in common is there."""
    told: Json = await response.json()
    assert (response.status, told["http_code"]) == (status, status), told
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Transloadit-Client" in response.headers["Access-Control-Allow-Headers"]
    assert isinstance(told["message"], str)
    assert told["message"]
    assert "ok" not in told
    return told


FORMS = [
    ("NO_PARAMS_FIELD", None, None),
    ("NO_PARAMS_FIELD", "", None),
    ("INVALID_PARAMS_FIELD", "{", None),
    ("NO_OBJECT_PARAMS_FIELD", "[]", None),
    ("NO_AUTH_PARAMETER", "{}", None),
    ("NO_OBJECT_AUTH_PARAMETER", asked("key"), None),
    ("NO_AUTH_KEY_PARAMETER", asked({}), None),
    ("INVALID_AUTH_KEY_PARAMETER", asked({"key": 5}), None),
    ("GET_ACCOUNT_UNKNOWN_AUTH_KEY", asked({"key": "nobody"}), None),
    ("INVALID_AUTH_REFERER_PARAMETER", asked(of_key(referer="(")), None),
    ("REFERER_MISMATCH", asked(of_key(referer=r"^https://example\.com/")), None),
    ("INVALID_AUTH_MAX_SIZE_PARAMETER", asked(of_key(max_size="much")), None),
    ("INVALID_AUTH_MAX_NUMBER_OF_FILES_PARAMETER", asked(of_key(max_number_of_files=0)), None),
    ("NO_AUTH_EXPIRES_PARAMETER", asked(of_key()), "sha384:0"),
    ("INVALID_AUTH_EXPIRES_PARAMETER", asked(of_key(expires="soon")), "sha384:0"),
    ("AUTH_EXPIRED", asked(of_key(expires=EARLIER)), "sha384:0"),
    ("INVALID_SIGNATURE", asked(of_key(expires=LATER)), "sha384:0"),
    ("INVALID_SIGNATURE", asked(of_key(expires=LATER)), sign("guessed", asked(of_key(expires=LATER)))),
]
INSTRUCTIONS = [
    ("ASSEMBLY_NO_STEPS", {"steps": None}),
    ("ASSEMBLY_INVALID_STEPS", {"steps": "resize"}),
    ("ASSEMBLY_EMPTY_STEPS", {"steps": {}}),
    ("ASSEMBLY_STEP_INVALID", {"steps": {"one": "/file/hash"}}),
    ("ASSEMBLY_STEP_NO_ROBOT", {"steps": {"one": {"use": ":original"}}}),
    ("ASSEMBLY_STEP_INVALID_ROBOT", {"steps": step(robot=["/file/hash"])}),
    ("ASSEMBLY_STEP_UNKNOWN_ROBOT", {"steps": step(robot="/file/hush")}),
    ("ASSEMBLY_STEP_INVALID_USE", {"steps": step(use=7)}),
    ("ASSEMBLY_STEP_UNKNOWN_USE", {"steps": step(use="nothing")}),
    ("ASSEMBLY_INFINITE", {"steps": step(use="one")}),
    ("INVALID_STEP_NAME", {"steps": {":original": {"robot": "/file/hash"}}}),
    ("INVALID_UPLOAD_HANDLE_STEP_NAME", {"steps": {"uploaded": {"robot": "/upload/handle"}}}),
    ("FILE_HASH_VALIDATION", {"steps": step(algorithm="md6")}),
    ("IMAGE_RESIZE_VALIDATION", {"steps": step(robot="/image/resize", wdith=100)}),
    ("VIDEO_ENCODE_VALIDATION", {"steps": step(robot="/video/encode", width=[])}),
    ("HTTP_IMPORT_VALIDATION", {"steps": {"imported": {"robot": "/http/import"}}}),
    ("ASSEMBLY_INVALID_NOTIFY_URL", {"steps": HASHED, "notify_url": "mailto:me"}),
]


@pytest.mark.parametrize(("code", "params", "signature"), FORMS)
async def test_a_form_that_is_not_in_order_is_refused(
    customer: Customer, code: str, params: str | None, signature: str | None
) -> None:
    form = {name: value for name, value in (("params", params), ("signature", signature)) if value is not None}
    headers = {"Referer": "https://example.org/page"}

    async with customer.http.post(f"{customer.server.origin}/assemblies", data=form, headers=headers) as response:
        assert (await refusal(response))["error"] == code


@pytest.mark.parametrize(("code", "told"), INSTRUCTIONS)
async def test_instructions_that_cannot_work_are_refused(customer: Customer, code: str, told: Json) -> None:
    async with customer.post(json.dumps({"auth": of_key(), **told})) as response:
        assert (await refusal(response))["error"] == code


async def test_a_number_of_uploads_must_be_a_number(customer: Customer) -> None:
    async with customer.post(asked(of_key()), num_expected_upload_files="-1") as response:
        assert (await refusal(response))["error"] == "ASSEMBLY_INVALID_NUM_EXPECTED_UPLOAD_FILES_PARAM"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"params": {}}', "application/json"),
        (b"no boundary", "multipart/form-data"),
        (b"--x\r\nContent-Disposition: form-data; name=params\r\n\r\n{}", "multipart/form-data; boundary=x"),
        (b"nothing of it", "multipart/form-data; boundary=x"),
    ],
)
async def test_a_body_that_is_no_form_is_refused(customer: Customer, body: bytes, content_type: str) -> None:
    url, headers = f"{customer.server.origin}/assemblies", {"Content-Type": content_type}

    async with customer.http.post(url, data=body, headers=headers) as response:
        assert (await refusal(response))["error"] == "INVALID_FORM_DATA"


async def test_the_first_fault_in_the_order_of_the_api_is_the_one_told(customer: Customer) -> None:
    async with customer.post(asked({"key": "nobody"}, None), signature="sha384:0") as response:
        assert (await refusal(response))["error"] == "GET_ACCOUNT_UNKNOWN_AUTH_KEY"
    async with customer.post(asked(of_key(expires=LATER), None), signature="sha384:0") as response:
        assert (await refusal(response))["error"] == "INVALID_SIGNATURE"


async def test_a_server_can_demand_signatures(tmp_path: Path) -> None:
    params = asked(of_key(expires=LATER))

    async with customer_of_new_server(tmp_path / "data", require_signature="true") as customer:
        async with customer.post(asked(of_key())) as response:
            assert (await refusal(response))["error"] == "NO_AUTH_EXPIRES_PARAMETER"
        async with customer.post(params) as response:
            assert (await refusal(response))["error"] == "NO_SIGNATURE_FIELD"
        async with customer.post(params, signature=sign(SECRET, params)) as response:
            assert (response.status, (await response.json())["ok"]) == (200, "ASSEMBLY_COMPLETED")


@pytest.mark.case(8)
async def test_an_id_is_used_once(customer: Customer) -> None:
    path = f"/assemblies/{uuid.uuid4().hex}"
    first = await customer.create(HASHED, path=path)

    async with customer.post(asked(of_key()), path=path) as response:
        told = await refusal(response)

    assert told["error"] == "DO_NOT_REUSE_ASSEMBLY_IDS"
    assert (await customer.status(first))["ok"] == "ASSEMBLY_COMPLETED"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_an_unknown_assembly_is_not_found(customer: Customer, method: str) -> None:
    async with customer.http.request(method, f"{customer.server.origin}/assemblies/{uuid.uuid4().hex}") as response:
        assert (await refusal(response, 404))["error"] == "ASSEMBLY_NOT_FOUND"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/nothing"), ("GET", "/assemblies/not-an-id"), ("PATCH", f"/assemblies/{'0' * 32}"), ("POST", "/")],
)
async def test_what_is_no_url_of_the_api_is_told_so(customer: Customer, method: str, path: str) -> None:
    async with customer.http.request(method, customer.server.origin + path) as response:
        assert (await refusal(response, 404))["error"] == "SERVER_404"


async def test_a_browser_may_ask_beforehand(customer: Customer) -> None:
    asking = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}

    async with customer.http.options(f"{customer.server.origin}/assemblies", headers=asking) as response:
        assert response.status == 204
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "DELETE" in response.headers["Access-Control-Allow-Methods"]


@pytest.mark.case(13)
@pytest.mark.parametrize("limit", [0, 11])
async def test_a_form_with_a_file_that_is_too_large_is_refused(customer: Customer, tmp_path: Path, limit: int) -> None:
    async with customer.post(asked(of_key(max_size=limit)), samples.txt(tmp_path)) as response:
        assert (await refusal(response))["error"] == "MAX_SIZE_EXCEEDED"


async def test_a_form_with_too_many_files_is_refused(customer: Customer, tmp_path: Path) -> None:
    files = [samples.txt(tmp_path, name=f"{number}.txt") for number in range(3)]

    async with customer.post(asked(of_key(max_number_of_files=2)), *files) as response:
        assert (await refusal(response))["error"] == "MAX_NUMBER_OF_FILES_EXCEEDED"


async def test_a_resumable_upload_that_is_too_large_ends_its_assembly(customer: Customer, tmp_path: Path) -> None:
    status = await customer.announce(HASHED, auth=of_key(max_size=11))

    async with customer.start(status, samples.txt(tmp_path)) as response:
        assert response.status == 413
        assert (await response.json())["error"] == "MAX_SIZE_EXCEEDED"

    over = await customer.ended(status)
    assert (over["error"], over["http_code"], "ok" in over) == ("MAX_SIZE_EXCEEDED", 200, False)


async def test_one_resumable_upload_too_many_ends_its_assembly(customer: Customer, tmp_path: Path) -> None:
    status = await customer.announce(HASHED, 2, auth=of_key(max_number_of_files=1))
    await customer.upload(status, samples.txt(tmp_path))

    async with customer.start(status, samples.txt(tmp_path)) as response:
        assert (await refusal(response))["error"] == "MAX_NUMBER_OF_FILES_EXCEEDED"

    assert (await customer.ended(status))["error"] == "MAX_NUMBER_OF_FILES_EXCEEDED"


@pytest.mark.case(13)
async def test_files_of_the_form_and_imports_count_as_well(customer: Customer, tmp_path: Path) -> None:
    mixed = await customer.create(
        HASHED, samples.txt(tmp_path), form={"num_expected_upload_files": "1"}, auth=of_key(max_number_of_files=1)
    )
    urls = [f"{customer.server.origin}/?{number}" for number in range(2)]
    imports = {"imported": {"robot": "/http/import", "url": urls}}
    imported = await customer.create(imports, auth=of_key(max_number_of_files=1))

    async with customer.start(mixed, samples.txt(tmp_path)) as response:
        assert (await refusal(response))["error"] == "MAX_NUMBER_OF_FILES_EXCEEDED"
    assert (await customer.ended(imported))["error"] == "MAX_NUMBER_OF_FILES_EXCEEDED"


@pytest.mark.case(37)
async def test_an_upload_has_to_say_for_which_assembly_it_is(customer: Customer, tmp_path: Path) -> None:
    url = f"{customer.server.origin}/resumable/files/"
    note = samples.txt(tmp_path)
    done = await customer.completed(await customer.create(HASHED))
    nowhere = {"tus_url": url, "assembly_ssl_url": f"{customer.server.origin}/assemblies/{'0' * 32}"}

    async with customer.http.post(url, headers={**TUS, "Upload-Length": "5"}) as response:
        assert (await refusal(response))["error"] == "INVALID_FILE_META_DATA"
    for status in (done, nowhere):
        async with customer.start(status, note) as response:
            assert (await refusal(response, 404))["error"] == "ASSEMBLY_NOT_FOUND"
