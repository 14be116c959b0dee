"""Imports from and stores in MinIO."""

from __future__ import annotations

from robots.base.params import Param
from robots.tools.s3.params import Access, GrantedParams, PagedParams
from robots.tools.s3.place import Place
from robots.tools.s3.robots import S3Import, S3Store


class MinioAccess(Access):
    host: str = Param(..., "The host of the storage, such as https://minio.example.com or minio.example.com:9000.")

    def place(self) -> Place:
        return self.at(self.host, "us-east-1")


class MinioImportParams(PagedParams, MinioAccess):
    """What is fetched, and from where."""


class MinioStoreParams(GrantedParams, MinioAccess):
    """What is stored, and where."""


class MinioImportRobot(S3Import[MinioImportParams]):
    """Imports files and whole folders from a bucket of MinIO."""

    name = "/minio/import"
    example = {
        "imported": {
            "robot": "/minio/import",
            "host": "https://minio.example.com",
            "bucket": "my-bucket",
            "key": "MY_KEY",
            "secret": "MY_SECRET",
            "path": "images/",
        }
    }


class MinioStoreRobot(S3Store[MinioStoreParams]):
    """Stores files in a bucket of MinIO."""

    name = "/minio/store"
    example = {
        "exported": {
            "robot": "/minio/store",
            "use": ":original",
            "host": "https://minio.example.com",
            "bucket": "my-bucket",
            "key": "MY_KEY",
            "secret": "MY_SECRET",
        }
    }
