"""Imports from and stores in B2 of Backblaze, whose S3 has another address for each account."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace

import orjson
from pydantic import field_validator

from robots.base.fields import Text
from robots.base.params import Param
from robots.base.workspace import Workspace
from robots.tools.http import HttpClient
from robots.tools.s3.complaints import Complaint
from robots.tools.s3.params import ImportParams, Keys, StoreParams
from robots.tools.s3.place import Place, checked_bucket, endpoint
from robots.tools.s3.robots import S3Import, S3Store

ADDRESS = "https://api.backblazeb2.com"
LONGEST = 64 << 10
INFO = "x-bz-info-"


class BackblazeAccess(Keys):
    bucket: str = Param(..., "The name of the bucket.")
    app_key_id: str = Param(..., "The id of the application key.", min_length=1)
    app_key: str = Param(..., "The application key.", min_length=1)

    _bucket = field_validator("bucket")(checked_bucket)


class BackblazeImportParams(ImportParams, BackblazeAccess):
    start_file_name: str = Param("", "The last file of the page before: it and all before it are left out.")

    def after(self) -> str:
        return self.start_file_name


class BackblazeStoreParams(StoreParams, BackblazeAccess):
    headers: dict[str, Text] = Param(
        {}, "Headers for the file, such as `Cache-Control`; those that begin with `X-Bz-Info-` are kept with it."
    )

    @field_validator("headers")
    @classmethod
    def own_headers_have_the_names_of_s3(cls, headers: dict[str, str]) -> dict[str, str]:
        known = {name: name.lower().replace(INFO, "x-amz-meta-") for name in headers if name.lower().startswith(INFO)}
        return {known.get(name, name): value for name, value in headers.items()}


class BackblazeImportRobot(S3Import[BackblazeImportParams]):
    """Imports files and whole folders from a bucket of Backblaze B2."""

    name = "/backblaze/import"
    example = {
        "imported": {
            "robot": "/backblaze/import",
            "bucket": "my-bucket",
            "app_key_id": "MY_KEY_ID",
            "app_key": "MY_KEY",
            "path": "images/",
        }
    }

    async def place(self, workspace: Workspace) -> Place:
        return await authorized(self.params, workspace)


class BackblazeStoreRobot(S3Store[BackblazeStoreParams]):
    """Stores files in a bucket of Backblaze B2."""

    name = "/backblaze/store"
    kinds = ("ACCESS_DENIED", "FAILURE")
    example = {
        "exported": {
            "robot": "/backblaze/store",
            "use": ":original",
            "bucket": "my-bucket",
            "app_key_id": "MY_KEY_ID",
            "app_key": "MY_KEY",
        }
    }

    async def place(self, workspace: Workspace) -> Place:
        return await authorized(self.params, workspace)


async def authorized(params: BackblazeAccess, workspace: Workspace) -> Place:
    """Asks Backblaze where the account is."""
    login = b64encode(f"{params.app_key_id}:{params.app_key}".encode()).decode()
    target = workspace.fresh("account.json")
    await workspace.tool(HttpClient).fetch(
        f"{ADDRESS}/b2api/v3/b2_authorize_account", target, limit=LONGEST, headers={"Authorization": f"Basic {login}"}
    )
    try:
        told = orjson.loads(target.read_bytes())
        known = told["apiInfo"]["storageApi"]
        home, public = endpoint(str.strip(known["s3ApiUrl"])), endpoint(str.strip(known["downloadUrl"]))
    except (KeyError, TypeError, ValueError) as error:
        raise Complaint("The account could not be found", 200, "InvalidResponse") from error
    parts = home.partition("://")[2].split(".")
    region = parts[1] if len(parts) > 2 and parts[0] == "s3" else "us-east-1"
    place = Place(home, params.bucket, params.app_key_id, params.app_key, region)
    return replace(place, public=f"{public}/file/{params.bucket}/")
