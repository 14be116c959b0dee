"""The codes of the published clients are those of the server."""

from __future__ import annotations

from server.errors import CODES, OF_ROBOT, RESERVED
from tests.clients.nodejs import run

# In the API's contract and in older clients, though not in the schema of a status, where they cannot stand.
BESIDE = {
    *("SERVER_401", "BILL_NOT_FOUND", "TEMPLATE_LIST_ERROR", "TEMPLATE_VALIDATION_ERROR"),
    *(f"AUTH_KEY_NOT_{what}" for what in ("CREATED", "DELETED", "UPDATED")),
    *(f"TEMPLATE_CREDENTIALS_NOT_{what}" for what in ("CREATED", "DELETED", "FOUND", "READ", "UPDATED")),
    *(f"TOKEN_INVALID_{what}" for what in ("AUDIENCE", "GRANT_TYPE", "REQUEST", "SCOPE")),
}


async def test_each_code_that_a_client_knows_is_sent_here_or_reserved_and_no_other_is() -> None:
    official = set(await run("codes.mjs", []))

    assert {code for code in official - {*CODES, *RESERVED} if not OF_ROBOT.fullmatch(code)} == set()
    assert set(CODES) - official == BESIDE
