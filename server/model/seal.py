"""Seal: a digest of how an Assembly ended, by which a later look can tell that nothing of it has changed."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import orjson

from server.model.assembly import Assembly
from server.model.parts import Made

HOW = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS


def seal(assembly: Assembly) -> str:
    """Over what clients read and not over how it is stored, so that a newer server finds the same."""
    files = [_shown(assembly.files[id]) for id in sorted(assembly.files)]
    uploads = [(id, assembly.uploads[id].filename, assembly.uploads[id].offset) for id in sorted(assembly.uploads)]
    told = [assembly.error, assembly.warnings, assembly.ignored_errors]
    facts = [assembly.id, assembly.state, assembly.created, assembly.finished, told, uploads, files]
    return blake2b(orjson.dumps(facts, default=str, option=HOW), digest_size=16).hexdigest()


def _shown(made: Made) -> list[Any]:
    file = made.file
    return [made.step, file.id, file.name, file.size, file.mime, file.md5hash, file.url, file.meta, file.user_meta]
