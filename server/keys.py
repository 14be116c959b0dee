"""The access key and its secret: given in the settings, or made at the first start and kept in the data folder."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from dataclasses import replace
from pathlib import Path

from server.config import Settings, WrongSetting
from server.model.account import FIRST, Account, AuthKey, first_account

FILE = "auth.json"


def are_known(settings: Settings) -> bool:
    """Whether a key is given, or was made by an earlier start."""
    return bool(settings.auth_key) or (settings.data / FILE).exists()


def with_keys(settings: Settings) -> Settings:
    """The settings with a key and a secret in them; makes the data folder, which only its owner may enter."""
    path = settings.data / FILE
    try:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not are_known(settings):
            _make(path)
    except OSError as error:
        raise WrongSetting(f"{settings.data} cannot be the data folder: {error.strerror}.") from error
    if settings.auth_key:
        return settings
    key, secret = _kept(path)
    return replace(settings, auth_key=key, auth_secret=secret)


def first(settings: Settings) -> AuthKey:
    """The key of the settings, and its account."""
    key = settings.auth_key or ""
    account = Account(first_account(key), FIRST, settings.require_signature)
    return AuthKey(key, settings.auth_secret or "", account, account.id, smart_cdn=True)


def _make(path: Path) -> None:
    """Whole or not at all; of two servers that start at once the second takes what the first has made."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    pair = {"key": secrets.token_hex(16), "secret": secrets.token_urlsafe(32)}
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(json.dumps(pair) + "\n")
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def _kept(path: Path) -> tuple[str, str]:
    try:
        pair = json.loads(path.read_text())
        return str(pair["key"]), str(pair["secret"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WrongSetting(f"{path} does not hold a key and a secret: remove it to have new ones made.") from error
