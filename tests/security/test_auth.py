"""Who may send what, and how often."""

from __future__ import annotations

import ast
import asyncio
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from aiohttp import ClientSession, FormData

from server.api import signature
from server.api.signature import sign
from server.errors import ApiError
from server.model.account import Account, AuthKey
from tests.inside import inside
from tests.live import KEY, SECRET
from tests.security.attacker import LATER, Attacker, instructions, strict

pytestmark = pytest.mark.asyncio(loop_scope="module")

REUSED = "SIGNATURE_REUSE_DETECTED"


@pytest.mark.case(1)
@pytest.mark.parametrize("twice", ["params", "signature"])
async def test_what_is_verified_is_what_is_obeyed(attacker: Attacker, twice: str) -> None:
    good, bad = instructions(auth={"expires": LATER}), instructions(auth={"expires": LATER}, template_id="x" * 32)
    form = FormData([("params", good), ("signature", sign(SECRET, good)), (twice, bad)])

    for data in (form, FormData([(twice, bad), ("params", good), ("signature", sign(SECRET, good))])):
        path = f"/assemblies/{uuid.uuid4().hex}"
        async with attacker.ask("POST", path, data=data) as reply:
            assert (reply.status, (await reply.json())["error"]) == (400, "INVALID_FORM_DATA")
        async with attacker.ask("GET", path) as reply:
            assert reply.status == 404


PARAMS = instructions(auth={"expires": LATER})
RIGHT = sign(SECRET, PARAMS).removeprefix("sha384:")
WRONG = {
    "of other params": sign(SECRET, PARAMS + " "),
    "of another secret": sign("x" + SECRET, PARAMS),
    "empty": "",
    "too short": f"sha384:{RIGHT[:-1]}",
    "too long": f"sha384:{RIGHT}0",
    "of another algorithm": f"sha1:{RIGHT}",
    "of an unknown algorithm": f"md5:{RIGHT}",
    "of no algorithm": f"none:{RIGHT}",
    "without an algorithm": RIGHT,
    "in capitals": f"sha384:{RIGHT.upper()}",
    "with a space": f"sha384:{RIGHT} ",
    "not ASCII": f"sha384:{'é' * 96}",
    "in Arabic digits": "sha384:" + RIGHT.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
    "endless": "sha384:" + "a" * 500_000,
}


@pytest.mark.case(2)
@pytest.mark.parametrize("given", WRONG.values(), ids=WRONG)
async def test_a_wrong_signature_is_refused_whatever_it_is(attacker: Attacker, given: str) -> None:
    status, told = await attacker.create(PARAMS, signature=given)

    assert (status, told["error"]) == (400, "INVALID_SIGNATURE")


@pytest.mark.case(3)
async def test_signatures_are_compared_in_constant_time() -> None:
    tree = ast.parse(Path(signature.__file__).read_text())
    verify = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "verify")

    compared = [node for node in ast.walk(verify) if isinstance(node, ast.Compare)]
    names = {name.id for node in compared for name in ast.walk(node) if isinstance(name, ast.Name)}

    assert "hmac.compare_digest(" in ast.unparse(verify)
    assert not {"digest", "_digest"} & names


@pytest.mark.case(4)
async def test_an_unknown_key_and_a_wrong_secret_are_told_in_one_shape(attacker: Attacker) -> None:
    stranger = PARAMS.replace(KEY, "f" * 32)

    _, unknown = await attacker.create(stranger, signature=sign(SECRET, stranger))
    _, wrong = await attacker.create(PARAMS, signature=sign("guessed", PARAMS))

    assert unknown["error"] == "GET_ACCOUNT_UNKNOWN_AUTH_KEY"
    assert wrong["error"] == "INVALID_SIGNATURE"
    assert unknown.keys() == wrong.keys()
    assert SECRET not in str(unknown) + str(wrong)


@pytest.mark.case(4)
async def test_a_key_that_demands_signatures_takes_nothing_without(tmp_path: Path) -> None:
    async with inside(tmp_path / "data", require_signature=True) as app, ClientSession() as http:
        attacker = Attacker(app, http)

        assert (await attacker.create(PARAMS))[1]["error"] == "NO_SIGNATURE_FIELD"
        assert (await attacker.create(instructions()))[1]["error"] == "NO_AUTH_EXPIRES_PARAMETER"
        assert (await attacker.signed(PARAMS))[0] == 200


NOW = datetime(2026, 1, 10, 12, 0, 0, tzinfo=UTC)
FINE = [
    NOW + timedelta(seconds=1),
    NOW,
    NOW - timedelta(seconds=60),
    NOW + timedelta(days=36_500),
]
PAST = [NOW - timedelta(seconds=61), NOW - timedelta(days=1)]
FORMS = ["%Y/%m/%d %H:%M:%S+00:00", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.5Z", "%Y/%m/%d %H:%M:%S"]
NO_DATE: list[Any] = [
    *("", "0", 0, 1_800_000_000, "1800000000", "tomorrow", "2026/12/01", "2026/12/01 25:61:00+00:00"),
    *("2026/06/30 23:59:60+00:00", "2026/02/30 12:00:00+00:00", "9999-99-99", "2026/12/01 12:00:00+99:00"),
    *("٢٠٢٦/12/01 12:00:00+00:00", "2026/12/01 12:00:00+00:00\n", "2" * 900_000, True, [], {}),
]


@pytest.mark.case(5)
@pytest.mark.parametrize("form", FORMS)
async def test_a_signature_ends_when_it_says_with_a_minute_for_wrong_clocks(form: str) -> None:
    def ask(moment: datetime) -> None:
        text = instructions(auth={"expires": moment.strftime(form)})
        key = AuthKey(KEY, SECRET, Account("a"))
        given: dict[str, Any] = {"referer": None, "keys": {KEY: key}.get, "now": NOW, "required": True}
        signature.authenticate(text, sign(SECRET, text), **given)

    for moment in FINE:
        ask(moment)
    for moment in PAST:
        with pytest.raises(ApiError, match="AUTH_EXPIRED"):
            ask(moment)


@pytest.mark.case(5)
@pytest.mark.parametrize("given", NO_DATE, ids=lambda given: str(given)[:30])
async def test_what_is_no_date_ends_nothing_and_starts_nothing(attacker: Attacker, given: Any) -> None:
    status, told = await attacker.signed(instructions(auth={"expires": given}))

    assert (status, told["error"]) == (400, "INVALID_AUTH_EXPIRES_PARAMETER")


@pytest.mark.case(6)
@pytest.mark.parametrize("place", ["auth", "params"])
async def test_a_request_with_a_nonce_is_obeyed_once_however_often_it_comes(tmp_path: Path, place: str) -> None:
    nonce = uuid.uuid4().hex
    params = (
        instructions(auth={"expires": LATER, "nonce": nonce})
        if place == "auth"
        else instructions(auth={"expires": LATER}, nonce=nonce)
    )
    async with inside(tmp_path / "data") as app, ClientSession() as http:
        answers = await asyncio.gather(*(Attacker(app, http).signed(params) for _ in range(50)))
        copytree(tmp_path / "data", tmp_path / "left")  # what a server leaves that is killed now
    async with inside(tmp_path / "left") as app, ClientSession() as http:
        again = await Attacker(app, http).signed(params)
        other = await Attacker(app, http).signed(params.replace(nonce, uuid.uuid4().hex))

    assert Counter(told.get("error") for _, told in answers) == {None: 1, REUSED: 49}
    assert (again[0], again[1]["error"]) == (400, REUSED)
    assert other[0] == 200


@pytest.mark.case(6)
async def test_a_request_that_was_refused_or_broke_off_has_not_used_its_nonce(attacker: Attacker) -> None:
    auth = {"expires": LATER, "nonce": uuid.uuid4().hex}
    params = instructions(auth=auth)
    chosen = uuid.uuid4().hex
    body = (
        f'--b\r\nContent-Disposition: form-data; name="params"\r\n\r\n{params}\r\n'
        f'--b\r\nContent-Disposition: form-data; name="signature"\r\n\r\n{sign(SECRET, params)}\r\n'
        '--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nhalf'
    )

    refused = await attacker.signed(params, num_expected_upload_files="x")
    async with attacker.wire() as connection:
        headers = {"Content-Type": "multipart/form-data; boundary=b", "Content-Length": "99999"}
        await connection.send("POST", f"/assemblies/{chosen}", headers, body.encode())
        connection.finish()
        await connection.ends()

    assert refused[0] == 400
    assert (await attacker.signed(params))[0] == 200


@pytest.mark.case(6)
async def test_used_nonces_are_forgotten_when_their_requests_have_expired(attacker: Attacker) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=30)
    params = instructions(auth={"expires": soon.strftime(FORMS[0]), "nonce": "n"})
    await attacker.signed(params)

    def known() -> Any:
        return attacker.app.parts.store.tx(lambda rows: rows.run("spend_ticket", digest=digest, expires=0.0))

    digest = signature.ticket(signature.claimed(params)).digest  # type: ignore[union-attr]
    assert await known() == 0
    await attacker.app.parts.expiry.sweep(soon.timestamp() + 61)
    assert await known() == 1


@pytest.mark.case(7)
async def test_without_a_nonce_a_signed_request_may_come_again_until_it_expires(attacker: Attacker) -> None:
    first, second = await attacker.signed(PARAMS), await attacker.signed(PARAMS)

    assert (first[0], second[0]) == (200, 200)
    assert first[1]["assembly_id"] != second[1]["assembly_id"]


@pytest.mark.case(8)
async def test_of_two_who_choose_one_id_one_has_it(attacker: Attacker) -> None:
    path = f"/assemblies/{uuid.uuid4().hex}"

    answers = await asyncio.gather(*(attacker.create(instructions(usage_tags=str(n)), path) for n in range(20)))
    winner = next(told for status, told in answers if status == 200)

    assert Counter(told.get("error") for _, told in answers) == {None: 1, "DO_NOT_REUSE_ASSEMBLY_IDS": 19}
    async with attacker.ask("GET", path) as reply:
        assert (await reply.json())["usage_tags"] == winner["usage_tags"]


@pytest.mark.case(8)
@pytest.mark.parametrize(
    "chosen",
    ["a" * 31, "a" * 33, "A" * 32, "g" * 32, "../" + "a" * 29, "..%2f" + "a" * 29, "a" * 31 + "%00", "", "é" * 32],
)
async def test_an_id_that_is_none_is_no_address(attacker: Attacker, chosen: str) -> None:
    for method in ("POST", "PUT", "GET", "DELETE"):
        async with attacker.ask(method, f"/assemblies/{chosen}", data={"params": instructions()}) as reply:
            assert (reply.status, (await reply.json())["error"]) == (404, "SERVER_404")


@pytest.mark.case(13)
@pytest.mark.parametrize("given", ["-1", "1e400", '"12"', "true", "1.5", "[]", "{}", "NaN", "1" * 41])
async def test_a_limit_that_is_none_is_refused(attacker: Attacker, given: str) -> None:
    for name in ("max_size", "max_number_of_files"):
        status, told = await attacker.create(instructions(auth={name: "X"}).replace('"X"', given))

        assert status == 400
        assert told["error"] in (f"INVALID_AUTH_{name.upper()}_PARAMETER", "INVALID_PARAMS_FIELD")


@pytest.mark.case(13, 21)
async def test_a_file_over_the_limit_of_its_form_is_not_taken_in(attacker: Attacker) -> None:
    form = FormData([("params", instructions(auth={"max_size": 1000}))])
    form.add_field("file", b"x" * 400_000, filename="large")

    async with attacker.ask("POST", "/assemblies", data=form) as reply:
        assert (reply.status, (await reply.json())["error"]) == (400, "MAX_SIZE_EXCEEDED")


PART = "--b\r\nContent-Disposition: form-data; "


@pytest.mark.case(21)
@pytest.mark.parametrize(
    ("early", "code"),
    [
        ([], "INVALID_FORM_DATA"),
        ([("params", instructions().replace(KEY, "f" * 32))], "GET_ACCOUNT_UNKNOWN_AUTH_KEY"),
        ([("params", PARAMS), ("signature", "sha1:guessed")], "INVALID_SIGNATURE"),
    ],
)
async def test_who_has_not_said_who_it_is_brings_only_so_much(
    attacker: Attacker, early: list[tuple[str, str]], code: str
) -> None:
    fields = "".join(f'{PART}name="{name}"\r\n\r\n{value}\r\n' for name, value in early)
    files = "".join(f'{PART}name="file{number}"; filename="f"\r\n\r\n{"x" * 100_000}\r\n' for number in range(5))
    headers = {"Content-Type": "multipart/form-data; boundary=b", "Content-Length": "99999999"}

    async with attacker.wire() as connection:
        await connection.send("POST", "/assemblies", headers, f"{fields}{files}".encode())
        reply = await connection.hear()  # though the form goes on

    assert (reply.status, strict(reply.text)["error"]) == (400, code)
    assert list((attacker.app.folder / "scratch").iterdir()) == []


@pytest.mark.case(21)
async def test_who_has_said_who_it_is_brings_what_it_may(attacker: Attacker) -> None:
    form = FormData([("params", PARAMS), ("signature", sign(SECRET, PARAMS))])
    for number in range(4):
        form.add_field(f"file{number}", b"x" * 100_000, filename="f")

    async with attacker.ask("POST", "/assemblies", data=form) as reply:
        assert (await reply.json())["num_input_files"] == 4
