"""Replies that tell of Assemblies, their files and their Notifications."""

from __future__ import annotations

from pydantic import ConfigDict
from pydantic.config import JsonDict

from robots.base.params import Param
from server.model.replies import Object, Reply, Said

EITHER: JsonDict = {"anyOf": [{"required": ["ok"]}, {"required": ["error"]}]}


class FileShown(Reply):
    """An upload or a result."""

    id: str
    name: str
    basename: str
    ext: str
    size: int
    mime: str | None
    type: str | None
    field: str | None
    md5hash: str | None
    original_id: str | list[str]
    url: str = Param(help="Where the file is.")
    ssl_url: str
    is_temp_url: bool = Param(help="Whether it will be gone in a while.")
    meta: Object


class UploadShown(Reply):
    """A resumable upload on its way."""

    filename: str
    fieldname: str
    size: int
    offset: int
    finished: bool
    upload_url: str


class AssemblyStatus(Reply):
    """An Assembly. It has `ok`, or `error` once it has failed."""

    model_config = ConfigDict(extra="allow", json_schema_extra=EITHER)

    ok: str = Param("", "How far it is.")
    error: str = Param("", "Why it failed.")
    http_code: int
    message: str = Param("", "The same in words.")
    assembly_id: str = Param(help="Whoever knows it may read and cancel.")
    assembly_url: str
    assembly_ssl_url: str
    parent_id: str | None = Param(help="The Assembly that this one is a replay of.")
    account_id: str
    template_id: str | None
    template_name: str | None
    instance: str
    region: str
    websocket_url: str
    update_stream_url: str = Param(help="Live status as server-sent events.")
    tus_url: str = Param(help="Where resumable uploads begin.")
    start_date: str
    upload_duration: float
    execution_start: str | None
    execution_duration: float | None
    queue_duration: float
    upload_meta_data_extracted: bool
    params: str | None = Param(help="JSON text without secrets.")
    merged_params: str | None = Param(help="The same, laid over its Template.")
    fields: Object
    notify_url: str | None
    notify_status: str | None
    warnings: list[Object]
    bytes_received: int
    bytes_expected: int
    bytes_usage: int
    num_input_files: int
    tus_uploads: list[UploadShown]
    started_jobs: list[str]
    running_jobs: list[str]
    ignored_errors: list[Object]
    uploads: list[FileShown]
    results: dict[str, list[FileShown]] = Param(help="By the names of steps.")


class BriefStatus(Reply):
    """The answer to a creation with `quiet`."""

    model_config = ConfigDict(extra="allow", json_schema_extra=EITHER)

    ok: str = ""
    error: str = ""
    assembly_id: str


class AssemblyItem(Reply):
    """An Assembly in a list."""

    id: str
    parent_id: str | None
    template_id: str | None
    created: str
    created_ts: int
    num_input_files: int
    num_output_files: int
    bytes_usage: int
    upload_duration: float
    execution_start: str | None
    execution_duration: float | None
    ok: str | None
    error: str | None


class AssemblyItems(Reply):
    """A page of Assemblies."""

    items: list[AssemblyItem]
    count: int = Param(help="How many there are on all pages.")


class FileAnswer(Said):
    """What became of a file that is not in the form."""

    assembly_id: str


class Replaying(Said):
    """The Assembly that has been begun."""

    success: bool
    assembly_id: str
    assembly_url: str
    assembly_ssl_url: str
    notify_url: str | None


class NotificationItem(Reply):
    """An attempt to deliver a Notification."""

    id: str
    app_id: str
    assembly_id: str
    url: str
    status: str | None
    start: str | None
    duration: float | None
    response_code: int | None
    response_data: str | None
    error: str | None


class Notifications(Said):
    """Every attempt of one Assembly."""

    notifications: list[NotificationItem]


class NothingMore(Reply):
    """A list that is always empty."""

    items: list[Object]
    count: int


class NotificationReplayed(Said):
    """The Notification that was sent again."""

    success: bool
    notification_id: str
