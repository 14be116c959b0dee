"""Builtin Templates: recipes that every account has, under names such as builtin/encode-mp4."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from server.model.template import Template

PREFIX = "builtin/"
VERSION = "1.0.0"
SCALED = {"robot": "/image/resize", "resize_strategy": "fit", "zoom": False}

# name: (what it does, its steps)
RECIPES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "resize-pictures": (
        "A large, a medium and a square version of every picture.",
        {
            "large": {**SCALED, "use": ":original", "width": 1600, "height": 1600, "format": "jpg", "result": True},
            "medium": {**SCALED, "use": "large", "width": 800, "height": 800, "format": "webp"},
            "square": {
                "robot": "/image/resize",
                "use": ":original",
                "width": 400,
                "height": 400,
                "resize_strategy": "fillcrop",
                "format": "jpg",
            },
        },
    ),
    "video-thumbnails": (
        "Six frames from start to end, and a small version of each.",
        {
            "frames": {"robot": "/video/thumbs", "use": ":original", "count": 6, "format": "jpg", "result": True},
            "small": {**SCALED, "use": "frames", "width": 320, "height": 320, "format": "webp"},
        },
    ),
    "encode-mp4": (
        "A 720p video that plays everywhere, with a poster.",
        {
            "mp4": {"robot": "/video/encode", "use": ":original", "preset": "web/mp4/720p", "result": True},
            "poster": {"robot": "/video/thumbs", "use": "mp4", "count": 1, "format": "jpg"},
        },
    ),
}


def builtin(ref: str) -> Template | None:
    """The one of this name, which may end with its version: builtin/encode-mp4@1.0.0."""
    name, at, version = ref.removeprefix(PREFIX).partition("@")
    if not ref.startswith(PREFIX) or name not in RECIPES or (at and version not in (VERSION, "latest")):
        return None
    _, steps = RECIPES[name]
    return Template(uuid.uuid5(uuid.NAMESPACE_URL, PREFIX + name).hex, PREFIX + name, {"steps": steps})


def builtins() -> list[dict[str, Any]]:
    """All of them, as a list of Templates shows them."""
    told = []
    for name, (words, _) in RECIPES.items():
        template = builtin(PREFIX + name)
        if template:
            told.append({**template.told, "description": words, "builtin_version": VERSION})
    return told
