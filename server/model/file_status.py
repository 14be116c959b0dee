"""A file as the status shows it, among the uploads and among the results."""

from __future__ import annotations

from typing import Any

from robots.base.file import File
from server.model.addresses import Addresses
from server.model.assembly import Assembly
from server.model.masking import masked_url
from server.model.parts import Made


def upload_status(made: Made, assembly: Assembly, addresses: Addresses) -> dict[str, Any]:
    """An entry of `uploads`; its tus URL is, letter for letter, the one that the client holds."""
    upload = assembly.uploads.get(made.upload or "")
    return {
        **_common(made.file),
        **_places(made.file, _stored(made, assembly), assembly, addresses),
        "is_tus_file": upload is not None and upload.tus,
        "tus_upload_url": upload.url if upload and upload.tus else None,
    }


def file_status(made: Made, assembly: Assembly, addresses: Addresses) -> list[dict[str, Any]]:
    """Its entries of `results`: one for each place where it was stored, or one with a temporary URL."""
    told = _common(made.file)
    told |= _timing(made, assembly)
    told |= {"is_tus_file": False, "tus_upload_url": None, "cost": made.file.size}
    if made.file.playlists:
        told["playlists"] = made.file.playlists
    stored = assembly.plan.stored(made.file.id)
    if not stored:
        told |= _places(made.file, made.file, assembly, addresses)
        return [told]
    return [told | _places(made.file, assembly.files[key].file, assembly, addresses) for key in stored]


def _common(file: File) -> dict[str, Any]:
    original = list(file.original_id) if isinstance(file.original_id, tuple) else file.original_id
    told = {
        "id": file.id,
        "name": file.name,
        "basename": file.basename,
        "ext": file.ext,
        "size": file.size,
        "mime": file.mime,
        "type": file.type,
        "field": file.field,
        "md5hash": file.md5hash,
        "original_id": original,
        "original_basename": file.original_basename,
        "original_name": file.original_name,
        "original_path": file.original_path,
        "original_md5hash": file.original_md5hash,
        "from_batch_import": file.from_batch_import,
        "as": list(file.tag) if isinstance(file.tag, tuple) else file.tag,
        "meta": file.meta,
    }
    if file.user_meta:
        told["user_meta"] = dict(file.user_meta)
    if file.import_url:
        told["import_url"] = masked_url(file.import_url)
    return told


def _places(file: File, place: File, assembly: Assembly, addresses: Addresses) -> dict[str, Any]:
    if place.url:
        signed = {"signed_url": place.signed_url, "signed_ssl_url": place.signed_ssl_url}
        return {
            "url": place.url,
            "ssl_url": place.ssl_url or place.url,
            "is_temp_url": False,
            "meta": {**file.meta, **place.meta},
            **{key: url for key, url in signed.items() if url},
            # Only where the files of a stream are kept do its playlists lead to them.
            **({"hls_url": place.ssl_url or place.url} if file.playlists else {}),
        }
    if file.is_stub:
        url = masked_url(file.import_url or "")
        return {"url": url, "ssl_url": url, "is_temp_url": False}
    url = addresses.file(assembly.id, file)
    return {"url": url, "ssl_url": url, "is_temp_url": True}


def _stored(made: Made, assembly: Assembly) -> File:
    stored = assembly.plan.stored(made.file.id)
    return assembly.files[stored[0]].file if stored else made.file


def _timing(made: Made, assembly: Assembly) -> dict[str, Any]:
    """Old clients read these in camel case."""
    job = assembly.jobs.get(made.job or "")
    began = job.started if job and job.started else made.at
    waited = round(began - job.queued, 3) if job else 0.0
    took = round(made.at - began, 3)
    queue = "batch" if job and job.batch else "live"
    return {"queue": queue, "queue_time": waited, "queueTime": waited, "exec_time": took, "execTime": took}
