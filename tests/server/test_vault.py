"""What is sealed can be opened by who has the key, at its place, and as it was."""

import json
import os

import pytest

from server.vault import Broken, Vault, key_id, place

OLD, NEW = os.urandom(32), os.urandom(32)
HERE = place("templates", "me", "1")


@pytest.mark.parametrize("value", [{}, {"a": [1, None, 2.5, "é\n${x}"]}, "text", 2**63])
@pytest.mark.case(106)
def test_what_was_sealed_comes_out_as_it_was(value: object) -> None:
    vault = Vault([OLD])

    sealed = vault.seal(value, HERE)

    assert vault.open(sealed, HERE) == value
    assert sealed != vault.seal(value, HERE)


@pytest.mark.case(106)
def test_nothing_of_it_is_seen() -> None:
    sealed = Vault([OLD]).seal({"secret": "hush hush"}, HERE)

    assert "hush" not in sealed
    assert json.dumps({"secret": "hush hush"}) not in sealed


@pytest.mark.case(106)
def test_it_cannot_be_moved_to_another_row_or_account() -> None:
    vault = Vault([OLD])

    for other in (place("templates", "me", "2"), place("templates", "you", "1"), place("credentials", "me", "1")):
        with pytest.raises(Broken, match="changed"):
            vault.open(vault.seal({}, HERE), other)


@pytest.mark.parametrize(
    "damage", [lambda s: s[:-6] + "AAAAA=", lambda s: s[:30], lambda s: s + "AAAA", lambda s: s + "é"]
)
def test_one_changed_letter_is_noticed(damage) -> None:  # type: ignore[no-untyped-def]
    vault = Vault([OLD])

    with pytest.raises(Broken):
        vault.open(damage(vault.seal({"a": "b"}, HERE)), HERE)


@pytest.mark.parametrize("text", ["", "{}", "v1", "v1.x", "v2.0.AAAA"])
def test_what_was_never_sealed_is_not_opened(text: str) -> None:
    with pytest.raises(Broken, match="not there"):
        Vault([OLD]).open(text, HERE)


@pytest.mark.case(111)
def test_the_first_key_seals_and_all_of_them_open() -> None:
    before, between, after = Vault([OLD]), Vault([NEW, OLD]), Vault([NEW])
    sealed = before.seal("hush", HERE)

    renewed = between.renewed(sealed, HERE)

    assert between.open(sealed, HERE) == "hush"
    assert renewed is not None
    assert after.open(renewed, HERE) == "hush"
    assert between.renewed(renewed, HERE) is None
    with pytest.raises(Broken, match=key_id(OLD)):
        after.open(sealed, HERE)
