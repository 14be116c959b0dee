"""Imports from and stores in Tigris."""

from __future__ import annotations

from robots.base.params import Param
from robots.tools.s3.params import GrantedParams, PagedParams, Regional
from robots.tools.s3.place import Place
from robots.tools.s3.robots import S3Import, S3Store


class TigrisAccess(Regional):
    host: str = Param("t3.storage.dev", "The host of the storage.")

    def place(self) -> Place:
        return self.at(self.host, self.bucket_region or "auto", virtual=True)


class TigrisImportParams(PagedParams, TigrisAccess):
    """What is fetched, and from where."""


class TigrisStoreParams(GrantedParams, TigrisAccess):
    """What is stored, and where."""


class TigrisImportRobot(S3Import[TigrisImportParams]):
    """Imports files and whole folders from a bucket of Tigris."""

    name = "/tigris/import"
    example = {
        "imported": {
            "robot": "/tigris/import",
            "bucket": "my-bucket",
            "key": "MY_KEY",
            "secret": "MY_SECRET",
            "path": "images/",
        }
    }


class TigrisStoreRobot(S3Store[TigrisStoreParams]):
    """Stores files in a bucket of Tigris."""

    name = "/tigris/store"
    example = {
        "exported": {
            "robot": "/tigris/store",
            "use": ":original",
            "bucket": "my-bucket",
            "key": "MY_KEY",
            "secret": "MY_SECRET",
        }
    }
