"""An Assembly, and its news, as the JSON that clients read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from server.model import early, news
from server.model.addresses import Addresses
from server.model.assembly import Assembly
from server.model.commands import Publish
from server.model.file_status import file_status, upload_status
from server.model.masking import masked_fields, masked_url
from server.model.news import News
from server.model.parts import ORIGINAL, Made, Upload

OK = {
    "uploading": ("ASSEMBLY_UPLOADING", "The Assembly is still in the process of being uploaded."),
    "executing": ("ASSEMBLY_EXECUTING", "The Assembly is currently being executed."),
    "completed": ("ASSEMBLY_COMPLETED", "The Assembly was successfully completed."),
    "canceled": ("ASSEMBLY_CANCELED", "The Assembly was canceled."),
    "aborted": ("REQUEST_ABORTED", "The upload connection was closed or timed out before receiving all data."),
}


@dataclass(frozen=True, slots=True)
class House:
    """What every status says of this server."""

    addresses: Addresses
    instance: str
    region: str
    build: str

    def seen_by(self, assembly: Assembly) -> House:
        """With the addresses that the client of an Assembly uses."""
        origin = assembly.request.origin
        return replace(self, addresses=Addresses(origin)) if origin else self


def status(assembly: Assembly, house: House) -> dict[str, Any]:
    """The Assembly Status JSON; its keys and types are those of the API's documentation."""
    house = house.seen_by(assembly)
    return {
        **outcome(assembly),
        **identity(assembly, house),
        **clock(assembly),
        **request(assembly),
        **transfer(assembly),
        **work(assembly),
        "uploads": [upload_status(made, assembly, house.addresses) for made in _of(assembly, ORIGINAL)],
        "results": results(assembly, house.addresses),
    }


def brief(assembly: Assembly) -> dict[str, Any]:
    """What a creation with `quiet` is answered."""
    told = outcome(assembly)
    keys = ("error", "http_code", "message") if assembly.error else ("ok",)
    return {**{key: told[key] for key in keys}, "assembly_id": assembly.id}


def outcome(assembly: Assembly) -> dict[str, Any]:
    if assembly.error:
        return {"http_code": 200, **assembly.error}
    code, message = OK[assembly.state]
    return {"ok": code, "http_code": 200, "message": message}


def identity(assembly: Assembly, house: House) -> dict[str, Any]:
    url = house.addresses.assembly(assembly.id)
    return {
        "assembly_id": assembly.id,
        "assembly_url": url,
        "assembly_ssl_url": url,
        "parent_id": assembly.request.parent,
        "parent_assembly_status": None,  # parent_id says enough; an address would break Go, which wants a whole status
        "account_id": assembly.account,
        "account_name": None,
        "account_slug": None,
        "api_auth_key_id": None,
        "template_id": assembly.request.template_id,
        "template_name": assembly.request.template_name,
        "instance": house.instance,
        "region": house.region,
        "build_id": house.build,
        "companion_url": house.addresses.companion,
        "uppyserver_url": house.addresses.companion,
        "websocket_url": house.addresses.websocket,
        "update_stream_url": house.addresses.stream(assembly.id),
        "tus_url": house.addresses.tus,
        "client_agent": None,
        "client_ip": None,
        "client_referer": None,
        "transloadit_client": assembly.request.client,
    }


def clock(assembly: Assembly) -> dict[str, Any]:
    begun, ended = assembly.uploaded, assembly.finished
    upload_end = begun or ended
    waits = [job.started - job.queued for job in assembly.jobs.values() if job.started]
    return {
        "start_date": date(assembly.created),
        "upload_duration": _seconds(assembly.created, upload_end) or 0.0,
        "execution_start": date(begun) if begun else None,
        "execution_duration": _seconds(begun, ended),
        "queue_duration": round(max(waits, default=0.0), 3),
        "jobs_queue_duration": round(sum(waits), 3),
        "last_job_completed": date(assembly.last_job) if assembly.last_job else None,
        "upload_meta_data_extracted": assembly.analysed,
    }


def request(assembly: Assembly) -> dict[str, Any]:
    return {
        "params": assembly.request.params,
        "template": None,
        "merged_params": assembly.request.merged or assembly.request.params,
        "fields": masked_fields(assembly.request.fields),
        **notification(assembly),
        "usage_tags": assembly.instructions.usage_tags,
        "warnings": list(assembly.warnings),
        "is_infinite": False,
        "has_dupe_jobs": False,
    }


def notification(assembly: Assembly) -> dict[str, Any]:
    """How it goes with telling the notify_url; each attempt takes the place of the one before."""
    sent, url = assembly.notification, assembly.notify_url
    last = sent.last if sent else None
    return {
        "notify_url": masked_url(url) if url else None,
        "notify_start": date(last.start) if last else None,
        "notify_status": sent.state if sent else None,
        "notify_response_code": last.code if last else None,
        "notify_response_data": last.data if last else None,
        "notify_error": last.error if last else None,
        "notify_duration": last.duration if last else None,
    }


def transfer(assembly: Assembly) -> dict[str, Any]:
    uploads = assembly.uploads.values()
    resumable = [upload for upload in uploads if upload.tus]
    files = early.told(assembly.files)
    originals = [made for made in files if made.file.original_id == made.file.id]
    return {
        "bytes_received": assembly.bytes_form + sum(upload.offset for upload in uploads),
        "bytes_expected": assembly.request.bytes_expected + sum(upload.length or 0 for upload in uploads),
        "bytes_usage": sum(made.file.size for made in files),
        "num_input_files": len(originals),
        "expected_tus_uploads": assembly.announced,
        "started_tus_uploads": len(resumable),
        "finished_tus_uploads": sum(upload.received for upload in resumable),
        "tus_uploads": [tus_status(upload) for upload in resumable],
    }


def tus_status(upload: Upload) -> dict[str, Any]:
    return {
        "filename": upload.filename,
        "fieldname": upload.fieldname or "",
        "size": upload.length or 0,
        "offset": upload.offset,
        "finished": upload.received,
        "upload_url": upload.url,
        "user_meta": dict(upload.user_meta),
    }


def work(assembly: Assembly) -> dict[str, Any]:
    jobs = assembly.jobs.values()
    original = [f"{ORIGINAL}::{ORIGINAL}"] if _of(assembly, ORIGINAL) else []
    running = [] if assembly.terminal else [job.label for job in jobs if job.state == "running"]
    return {
        "started_jobs": list(dict.fromkeys([*original, *(job.label for job in jobs if job.started)])),
        "running_jobs": list(dict.fromkeys(running)),
        "executing_jobs": list(dict.fromkeys(running)),
        "ignored_errors": list(assembly.ignored_errors),
        "ignored_error_count": len(assembly.ignored_errors),
    }


def results(assembly: Assembly, addresses: Addresses) -> dict[str, list[dict[str, Any]]]:
    """What each step made, if it shows; a file that was stored shows once for each place where it is."""
    shown: dict[str, list[dict[str, Any]]] = {}
    for made in early.told(assembly.files):
        if assembly.plan.shows(made.step):
            shown.setdefault(made.step, []).extend(file_status(made, assembly, addresses))
    return shown


def told(assembly: Assembly, publish: Publish, house: House) -> News:
    """A piece of news as the watchers get it."""
    house = house.seen_by(assembly)
    made = assembly.files.get(publish.file or "")
    if publish.news == news.UPLOAD_FINISHED and made:
        return News(publish.news, (upload_status(made, assembly, house.addresses),))
    if publish.news == news.RESULT_FINISHED and made:
        return News(publish.news, (made.step, file_status(made, assembly, house.addresses)[0]))
    if publish.news == news.ERROR and assembly.error:
        return News(publish.news, (error(assembly, house),))
    return News(publish.news)


def milestones(assembly: Assembly, house: House) -> list[News]:
    """What a watcher that comes late has to know: nothing that clients would count twice."""
    reached = []
    if assembly.uploaded:
        reached.append(News(news.UPLOADING_FINISHED))
    if assembly.analysed:
        reached.append(News(news.META_DATA_EXTRACTED))
    if assembly.terminal:
        last = {"completed": news.FINISHED, "failed": news.ERROR}.get(assembly.state, news.CANCELED)
        reached.append(told(assembly, Publish(last), house))
    return reached


def error(assembly: Assembly, house: House) -> dict[str, Any]:
    """The same sentence under the two names by which clients ask for it."""
    failure: Mapping[str, Any] = assembly.error or {}
    url = house.addresses.assembly(assembly.id)
    return {
        **failure,
        "msg": failure.get("message"),
        "assembly_id": assembly.id,
        "assembly_url": url,
        "assembly_ssl_url": url,
    }


def date(at: float) -> str:
    """`YYYY/MM/DD HH:MM:SS GMT`, the API's way to write a moment."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y/%m/%d %H:%M:%S GMT")


def _seconds(start: float | None, end: float | None) -> float | None:
    return round(end - start, 3) if start is not None and end is not None else None


def _of(assembly: Assembly, step: str) -> list[Made]:
    return [made for made in early.told(assembly.files) if made.step == step]
