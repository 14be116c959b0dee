"""The master key, with which secrets are sealed: given in the settings, or made at the first start and kept."""

from __future__ import annotations

import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Sequence
from pathlib import Path

from server.config import Settings, WrongSetting
from server.database.base import Unusable
from server.database.sqlite import DATABASE, reading
from server.engine.keyring import in_use
from server.vault import KEY_BYTES, Vault, key_id
from tus.durable import write_atomic

FILE = "master.key"
HEX = re.compile(r"[0-9a-fA-F]{64}")
BASE64 = re.compile(r"[A-Za-z0-9+/_-]{43}=?")


def unlocked(settings: Settings) -> Vault:
    """The vault of a data folder; refuses before anything is changed when a key is not there that has sealed in it."""
    path, keys = settings.data / FILE, _keys(settings)
    if missing := _missing(settings.data, frozenset(map(key_id, keys))):
        place = "among those given" if settings.master_key else f"in {path}"
        raise WrongSetting(
            f"master_key: secrets in {settings.data} were sealed with the key {missing[0]}, which is not {place}."
            " Give that key too, behind the new one: master_key = NEW,OLD."
        )
    return Vault(keys or [_made(path)])


def known(settings: Settings) -> Vault | None:
    """The vault of a data folder in which nothing is to be changed; None where no key was ever made."""
    keys = _keys(settings)
    return Vault(keys) if keys else None


def _keys(settings: Settings) -> list[bytes]:
    """Those that are given stand before the one that was made."""
    path = settings.data / FILE
    return [*_given(settings.master_key), *(_in_file(path) if path.exists() else ())]


def _missing(data: Path, there: frozenset[str]) -> list[str]:
    """The names of the keys that are not there, and without which something cannot be opened."""
    if not (data / DATABASE).exists():
        return []
    try:
        with reading(data / DATABASE) as rows:
            if not rows.one("has_master_keys"):
                return []
            noted = {row["id"] for row in rows.all("master_keys")} - there
            return sorted(noted & in_use(rows)) if noted else []
    except Unusable as error:
        raise WrongSetting(f"{data / DATABASE} cannot be used: {error}") from error


def _given(wishes: Sequence[str]) -> Iterator[bytes]:
    """Each is a key or the path of a file of keys."""
    for wish in wishes:
        if (key := _key(wish)) is not None:
            yield key
        else:
            yield from _in_file(Path(wish).expanduser())


def _in_file(path: Path) -> Iterator[bytes]:
    try:
        lines = path.read_text("ascii").split()
    except (OSError, ValueError):
        lines = []
    keys = [_key(line) for line in lines]
    if not keys or None in keys:
        # A key that was mistyped must not come to stand in a log as the name of a file.
        known = path.name == FILE
        place = str(path) if known else "master_key: what was given"
        raise WrongSetting(f"{place} is neither a key, 32 bytes as base64 or 64 hex digits, nor a file of such lines.")
    yield from (key for key in keys if key is not None)


def _key(text: str) -> bytes | None:
    if HEX.fullmatch(text):
        return bytes.fromhex(text)
    if BASE64.fullmatch(text):
        return urlsafe_b64decode(text.rstrip("=").replace("+", "-").replace("/", "_") + "=")
    return None


def _made(path: Path) -> bytes:
    """Durable before anything is sealed with it: what is sealed with a lost key is lost."""
    key = secrets.token_bytes(KEY_BYTES)
    write_atomic(path, urlsafe_b64encode(key) + b"\n")
    return key
