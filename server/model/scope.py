"""Scope: the Assembly Variables that a step can use, by their documented names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from robots.base.file import File

UNSAFE = re.compile(r"[^A-Za-z0-9\-_.]")


def scope(
    *,
    assembly_id: str,
    parent_id: str | None = None,
    region: str | None = None,
    file: File | None = None,
    previous_step: str | None = None,
    fields: Mapping[str, Any] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """`extra` holds more properties of the file, such as the URLs under which it can be fetched now."""
    return {
        "assembly": {"id": assembly_id, "parent_id": parent_id, "region": region},
        "previous_step": {"name": previous_step} if previous_step else {},
        "fields": dict(fields or {}),
        "file": {**properties(file), **(extra or {})} if file else {},
        "unique_prefix": prefix(file.id) if file else "",
        "unique_original_prefix": prefix(_original(file)) if file else "",
    }


def properties(file: File) -> dict[str, Any]:
    """What `${file.*}` can say: the file as in the status, and its names made safe for URLs."""
    return {
        "id": file.id,
        "original_id": list(file.original_id) if isinstance(file.original_id, tuple) else _original(file),
        "name": file.name,
        "basename": file.basename,
        "ext": file.ext,
        "url_name": slug(file.name),
        "url_basename": slug(file.basename),
        "size": file.size,
        "mime": file.mime,
        "type": file.type,
        "md5hash": file.md5hash,
        "field": file.field,
        "as": list(file.tag) if isinstance(file.tag, tuple) else file.tag,
        "original_name": file.original_name or file.name,
        "original_basename": file.original_basename or file.basename,
        "original_path": file.original_path,
        "original_md5hash": file.original_md5hash or file.md5hash,
        "from_batch_import": file.from_batch_import,
        "import_url": file.import_url,
        "url": file.url,
        "ssl_url": file.ssl_url,
        "meta": dict(file.meta),
        "user_meta": dict(file.user_meta),
    }


def slug(name: str) -> str:
    """A name for URLs: spaces become dashes, and every other unusual character an underscore."""
    return UNSAFE.sub("_", name.replace(" ", "-"))


def prefix(id: str) -> str:
    """An id with a slash after two characters, so that no folder grows too full."""
    return f"{id[:2]}/{id[2:]}"


def _original(file: File) -> str:
    """The first original; a file that nothing was done to is its own."""
    first = file.original_id if isinstance(file.original_id, str) else next(iter(file.original_id), "")
    return first or file.id
