"""Makes SVGs smaller: shorter numbers and names, and nothing that is not drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import svgo

from robots.tools.slimmers.wish import Wish

LONGEST = 4_000_000
# A stranger's entities may unfold to any length.
RISKY = (b"<!entity", b"<!doctype html")
# What is written for people and programs and not for the screen.
NOTES = ("removeDoctype", "removeXMLProcInst", "removeComments", "removeMetadata", "removeEditorsNSData", "removeDesc")


def slim(source: Path, target: Path, wish: Wish) -> list[str]:
    content = source.read_bytes()
    if len(content) > LONGEST or any(word in content.lower() for word in RISKY):
        return ["The drawing was left as it is, for it is very large or defines entities."]
    overrides: dict[str, Any] = {name: False for name in NOTES} if wish.keeps_notes else {}
    config = {
        "multipass": not wish.quick,
        "plugins": [{"name": "preset-default", "params": {"overrides": overrides}}],
    }
    target.write_text(svgo.optimize(content.decode("utf-8-sig"), config)["data"], "utf-8")
    return []
