"""Imports from and stores in R2 of Cloudflare."""

from __future__ import annotations

from pydantic import field_validator

from robots.base.params import Param
from robots.tools.s3.params import Access, PagedParams, SignedParams, below, checked_prefix
from robots.tools.s3.place import Place
from robots.tools.s3.robots import S3Import, S3Store


class CloudflareAccess(Access):
    host: str = Param(..., "The host of the account, such as https://0123456789abcdef.r2.cloudflarestorage.com.")

    def place(self) -> Place:
        return self.at(self.host, "auto")


class CloudflareImportParams(PagedParams, CloudflareAccess):
    """What is fetched, and from where."""


class CloudflareStoreParams(SignedParams, CloudflareAccess):
    url_prefix: str | None = Param(
        None, "The beginning of the URLs that the status tells: the public host that the bucket has."
    )

    _url_prefix = field_validator("url_prefix")(checked_prefix)

    def addresses(self, place: Place, key: str) -> tuple[str, str]:
        return below(self.url_prefix, key, bucket=self.bucket) if self.url_prefix else super().addresses(place, key)


class CloudflareImportRobot(S3Import[CloudflareImportParams]):
    """Imports files and whole folders from a bucket of Cloudflare R2."""

    name = "/cloudflare/import"
    example = {
        "imported": {
            "robot": "/cloudflare/import",
            "host": "https://0123456789abcdef.r2.cloudflarestorage.com",
            "bucket": "my-bucket",
            "key": "MY_KEY",
            "secret": "MY_SECRET",
            "path": "images/",
        }
    }


class CloudflareStoreRobot(S3Store[CloudflareStoreParams]):
    """Stores files in a bucket of Cloudflare R2."""

    name = "/cloudflare/store"
    example = {
        "exported": {
            "robot": "/cloudflare/store",
            "use": ":original",
            "host": "https://0123456789abcdef.r2.cloudflarestorage.com",
            "bucket": "my-bucket",
            "key": "MY_KEY",
            "secret": "MY_SECRET",
        }
    }
