"""The master key is given, or made once and kept; a wrong one stops the server before it changes anything."""

import os
import re
import stat
from base64 import b64encode, urlsafe_b64encode
from pathlib import Path

import pytest

from server.config import Settings, WrongSetting
from server.database.sqlite import SqliteStore
from server.engine.keyring import renew
from server.engine.templates import Templates
from server.master_key import known, unlocked
from server.vault import Vault, key_id

OLD, NEW, OTHER = (os.urandom(32) for _ in range(3))
PARAMS = {"name": "a-template", "template": {"steps": {}, "secret": "hush"}}


def text(key: bytes) -> str:
    return urlsafe_b64encode(key).decode()


async def used(data: Path, vault: Vault) -> None:
    """A server has kept a Template with this vault."""
    store = SqliteStore(data / "sluice.db")
    await store.open()
    await renew(store, vault)
    templates = Templates(store, vault)
    if not await templates.store.tx(lambda rows: rows.all("templates", account="me")):
        await templates.create("me", PARAMS, 1.0, None)
    assert (await templates.read("me", "a-template")).content["secret"] == "hush"
    await store.close()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in (".db", ".key")}


@pytest.mark.case(106)
def test_the_first_start_makes_a_key_that_only_the_owner_may_read_and_the_second_finds(tmp_path: Path) -> None:
    assert known(Settings(data=tmp_path)) is None

    first, second = unlocked(Settings(data=tmp_path)), unlocked(Settings(data=tmp_path))

    assert first.first == second.first
    assert [path.name for path in tmp_path.iterdir()] == ["master.key"]
    assert stat.S_IMODE((tmp_path / "master.key").stat().st_mode) == 0o600


@pytest.mark.parametrize("spelled", [bytes.hex, text, lambda key: b64encode(key).decode(), lambda key: text(key)[:-1]])
def test_a_key_can_be_spelled_in_several_ways(tmp_path: Path, spelled) -> None:  # type: ignore[no-untyped-def]
    assert unlocked(Settings(data=tmp_path, master_key=(spelled(NEW),))).first == key_id(NEW)
    assert list(tmp_path.iterdir()) == []


def test_keys_can_lie_in_files(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text(f"{text(NEW)}\n{OLD.hex()}\n")

    vault = unlocked(Settings(data=tmp_path, master_key=(str(tmp_path / "keys"), text(OTHER))))

    assert vault.first == key_id(NEW)
    assert vault.ids == {key_id(NEW), key_id(OLD), key_id(OTHER)}


@pytest.mark.parametrize("wrong", ["short", "0" * 63, "/nowhere/keys"])
def test_what_is_no_key_is_told_without_saying_it(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(WrongSetting, match="neither a key") as error:
        unlocked(Settings(data=tmp_path, master_key=(wrong,)))

    assert wrong not in str(error.value)


@pytest.mark.parametrize("damaged", ["", "short", "é"])
def test_a_damaged_file_of_keys_is_not_quietly_replaced(tmp_path: Path, damaged: str) -> None:
    (tmp_path / "master.key").write_text(damaged)

    with pytest.raises(WrongSetting, match=r"master\.key is neither a key"):
        unlocked(Settings(data=tmp_path))

    assert (tmp_path / "master.key").read_text() == damaged


@pytest.mark.case(111)
@pytest.mark.parametrize("given", [(), (text(OTHER),)])
async def test_without_its_key_a_folder_is_refused_and_nothing_in_it_changes(
    tmp_path: Path, given: tuple[str, ...]
) -> None:
    await used(tmp_path, unlocked(Settings(data=tmp_path, master_key=(text(OLD),))))
    before = contents(tmp_path)

    with pytest.raises(WrongSetting, match=f"sealed with the key {key_id(OLD)}.*NEW,OLD") as error:
        unlocked(Settings(data=tmp_path, master_key=given))

    assert contents(tmp_path) == before
    assert not re.search("|".join(map(text, (OLD, OTHER))), str(error.value))


@pytest.mark.case(111)
async def test_a_rotation_seals_everything_anew_and_the_old_key_can_go(tmp_path: Path) -> None:
    await used(tmp_path, unlocked(Settings(data=tmp_path)))
    await used(tmp_path, unlocked(Settings(data=tmp_path, master_key=(text(NEW),))))
    (tmp_path / "master.key").unlink()

    vault = unlocked(Settings(data=tmp_path, master_key=(text(NEW),)))

    assert vault.ids == {key_id(NEW)}
    await used(tmp_path, vault)
