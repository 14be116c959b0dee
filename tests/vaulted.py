"""The secrets that a data folder holds sealed, opened for those who search what came out of a server."""

from __future__ import annotations

from pathlib import Path

from server.config import Settings, WrongSetting
from server.database.base import Unusable
from server.database.sqlite import DATABASE, reading
from server.master_key import known
from server.vault import Broken, place


def secrets_of_accounts(data: Path) -> list[str]:
    """Those of all auth keys; none of a folder that a test has damaged, or whose master key lies elsewhere."""
    if not (data / DATABASE).is_file():
        return []
    try:
        with reading(data / DATABASE) as rows:
            keys = rows.all("all_auth_keys")
        vault = known(Settings(data=data)) if keys else None
        return [vault.open(row["secret"], place("auth_keys", row["account"], row["id"])) for row in keys if vault]
    except (Unusable, WrongSetting, Broken):
        return []
