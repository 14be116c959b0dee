"""Stores in Google Cloud Storage."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import ClassVar, Literal, Self

from pydantic import field_validator, model_validator

from robots.base.errors import RobotError
from robots.base.file import File
from robots.base.params import Param, Params
from robots.base.robot import StoreRobot
from robots.base.workspace import Workspace
from robots.tools.gcs import GoogleBucket, GoogleRefused, private_key
from robots.tools.guard import Refused
from robots.tools.http import HttpClient
from robots.tools.keys import checked_template, filled, key_of
from robots.tools.s3.bucket import PAUSES
from robots.tools.s3.place import checked_bucket
from robots.tools.s3.sending import Sending

ADDRESS = "https://storage.googleapis.com"
TOKENS = "https://oauth2.googleapis.com/token"
Acl = Literal["authenticated-read", "bucket-owner-full-control", "private", "project-private", "public-read"]
ACLS = {
    "authenticated-read": "authenticatedRead",
    "bucket-owner-full-control": "bucketOwnerFullControl",
    "private": "private",
    "project-private": "projectPrivate",
    "public-read": "publicRead",
}


class GoogleStoreParams(Params):
    credentials: str | None = Param(None, "The name of Template Credentials with a service account and its bucket.")
    path: str = Param(
        "${unique_prefix}/${file.url_name}", "The path of the file in the bucket; it must not be that of a folder."
    )
    acl: Acl | None = Param("public-read", "Who may read the file; `null` leaves that to the bucket.")
    cache_control: str | None = Param(None, "The `Cache-Control` header with which the file is served.")
    url_template: str = Param(
        "https://{HOST}/{PATH}", "The URL that the status tells; `{HOST}`, `{BUCKET}` and `{PATH}` are filled in."
    )
    ssl_url_template: str = Param("https://{HOST}/{PATH}", "The same for the secure URL.")
    bucket: str = Param("", "The name of the bucket.", hidden=True)
    client_email: str = Param("", "The address of the service account.", hidden=True)
    private_key: str = Param("", "The private key of the service account, in PEM.", hidden=True)
    project_id: str | None = Param(None, "Accepted; a bucket needs no project.", hidden=True, unheeded=True)

    _path = field_validator("path")(key_of)
    _bucket = field_validator("bucket")(checked_bucket)
    _templates = field_validator("url_template", "ssl_url_template")(checked_template)

    @field_validator("private_key")
    @classmethod
    def private_key_is_one(cls, text: str) -> str:
        private_key(text)
        return text

    @model_validator(mode="after")
    def somebody_asks(self) -> Self:
        if not self.credentials and not (self.bucket and self.client_email and self.private_key):
            raise ValueError("credentials: is required, the name of those with a service account and its bucket")
        return self

    @field_validator("cache_control")
    @classmethod
    def cache_control_is_one_line(cls, value: str | None) -> str | None:
        if value and not (value.isascii() and value.isprintable()):
            raise ValueError("must be one line of ASCII characters")
        return value

    def told(self, template: str) -> str:
        """A URL of the file; a certificate covers no bucket with a dot in its name."""
        host = "storage.googleapis.com"
        home = f"{host}/{self.bucket}" if "." in self.bucket else f"{self.bucket}.{host}"
        return filled(template, self.path, HOST=home, BUCKET=self.bucket)


class GoogleStoreRobot(StoreRobot[GoogleStoreParams]):
    """Stores files in a bucket of Google Cloud Storage."""

    name = "/google/store"
    example = {
        "exported": {
            "robot": "/google/store",
            "use": ":original",
            "credentials": "my-google-credentials",
            "path": "${file.id}/${file.url_name}",
        }
    }
    pauses: ClassVar[tuple[float, ...]] = PAUSES

    async def run(self, file: File, workspace: Workspace) -> AsyncIterator[File]:
        params = self.params
        sending = Sending(file.bytes, 0, file.bytes.stat().st_size)
        about = {"name": params.path, "contentType": file.mime or "application/octet-stream"}
        if params.cache_control:
            about["cacheControl"] = params.cache_control
        acl = ACLS[params.acl] if params.acl else None
        try:
            async with GoogleBucket(workspace.tool(HttpClient), ADDRESS, params.bucket, self.pauses) as bucket:
                await bucket.sign_in(TOKENS, params.client_email, private_key(params.private_key))
                await bucket.store(sending, about, acl, workspace.progress)
        except RobotError as error:
            raise RobotError(error.message, self.error() if _denied(error) else None) from error
        yield replace(file, url=params.told(params.url_template), ssl_url=params.told(params.ssl_url_template))


def _denied(error: RobotError) -> bool:
    """What the user can set right; for all else the API has no code of this store, and clients take no other."""
    return isinstance(error, Refused) or (isinstance(error, GoogleRefused) and error.status in (400, 401, 403))
