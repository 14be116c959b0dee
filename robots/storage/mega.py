"""Imports from and stores in the object storage of MEGA."""

from __future__ import annotations

from robots.base.params import Param
from robots.tools.s3.params import GrantedParams, PagedParams, Regional
from robots.tools.s3.place import Place
from robots.tools.s3.robots import S3Import, S3Store


class MegaAccess(Regional):
    host: str | None = Param(None, "The host of the storage; without it, that of the region.")

    def place(self) -> Place:
        region = self.bucket_region or "eu-central-1"
        return self.at(self.host or f"s3.{region}.s4.mega.io", region)


class MegaImportParams(PagedParams, MegaAccess):
    """What is fetched, and from where."""


class MegaStoreParams(GrantedParams, MegaAccess):
    """What is stored, and where."""


class MegaImportRobot(S3Import[MegaImportParams]):
    """Imports files and whole folders from a bucket of MEGA."""

    name = "/mega/import"
    example = {
        "imported": {
            "robot": "/mega/import",
            "bucket_region": "eu-central-1",
            "bucket": "my-bucket",
            "key": "MY_KEY",
            "secret": "MY_SECRET",
            "path": "images/",
        }
    }


class MegaStoreRobot(S3Store[MegaStoreParams]):
    """Stores files in a bucket of MEGA."""

    name = "/mega/store"
    example = {
        "exported": {
            "robot": "/mega/store",
            "use": ":original",
            "bucket_region": "eu-central-1",
            "bucket": "my-bucket",
            "key": "MY_KEY",
            "secret": "MY_SECRET",
        }
    }
