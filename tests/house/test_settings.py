"""A setting that nobody reads is a promise that nobody keeps."""

import re
from pathlib import Path

from server.config import TABLE

ROOT = Path(__file__).parent.parent.parent
READ_IN_CONFIG = {"config"} | {name for name, row in TABLE.items() if row.metadata["section"] == "Programs"}


def test_each_setting_is_read_somewhere() -> None:
    text = "\n".join(path.read_text("utf-8") for path in (ROOT / "server").rglob("*.py"))

    unread = [name for name in TABLE if name not in READ_IN_CONFIG and not re.search(rf"settings\.{name}\b", text)]

    assert unread == []
