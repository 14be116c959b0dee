"""Imports from and stores in Wasabi."""

from __future__ import annotations

from typing import Literal

from robots.base.params import Param
from robots.tools.s3.params import GrantedParams, PagedParams, Regional
from robots.tools.s3.place import Place
from robots.tools.s3.robots import S3Import, S3Store


class WasabiAccess(Regional):
    host: str | None = Param(None, "The host of the storage; without it, that of the region.")

    def place(self) -> Place:
        region = self.bucket_region or "us-east-1"
        return self.at(self.host or f"s3.{region}.wasabisys.com", region)


class WasabiImportParams(PagedParams, WasabiAccess):
    """What is fetched, and from where."""


class WasabiStoreParams(GrantedParams, WasabiAccess):
    # Accounts of today may not make files public.
    acl: Literal["private", "public-read"] = Param("private", "Who may read the file.")


class WasabiImportRobot(S3Import[WasabiImportParams]):
    """Imports files and whole folders from a bucket of Wasabi."""

    name = "/wasabi/import"
    example = {
        "imported": {
            "robot": "/wasabi/import",
            "bucket_region": "eu-central-1",
            "bucket": "my-bucket",
            "key": "MY_KEY",
            "secret": "MY_SECRET",
            "path": "images/",
        }
    }


class WasabiStoreRobot(S3Store[WasabiStoreParams]):
    """Stores files in a bucket of Wasabi."""

    name = "/wasabi/store"
    example = {
        "exported": {
            "robot": "/wasabi/store",
            "use": ":original",
            "bucket_region": "eu-central-1",
            "bucket": "my-bucket",
            "key": "MY_KEY",
            "secret": "MY_SECRET",
        }
    }
