"""Imports from and stores in Supabase."""

from __future__ import annotations

from dataclasses import replace

from robots.base.params import Param
from robots.tools.s3.params import PagedParams, Regional, SignedParams
from robots.tools.s3.place import Place
from robots.tools.s3.robots import S3Import, S3Store

PATH = "/storage/v1/s3"
DOMAIN = ".supabase.co"


class SupabaseAccess(Regional):
    host: str = Param(..., "The host of the project, such as https://abc.supabase.co.")

    def place(self) -> Place:
        """Supabase serves what is in public buckets beside its S3."""
        host = self.host.rstrip("/").removesuffix(PATH)
        region = self.bucket_region or "us-east-1"
        if not host.endswith(DOMAIN):
            return self.at(self.host, region)
        place = self.at(host + PATH, region)
        return replace(place, public=f"{place.endpoint.removesuffix(PATH)}/storage/v1/object/public/{self.bucket}/")


class SupabaseImportParams(PagedParams, SupabaseAccess):
    """What is fetched, and from where."""


class SupabaseStoreParams(SignedParams, SupabaseAccess):
    """What is stored, and where."""


class SupabaseImportRobot(S3Import[SupabaseImportParams]):
    """Imports files and whole folders from a bucket of Supabase."""

    name = "/supabase/import"
    example = {
        "imported": {
            "robot": "/supabase/import",
            "host": "https://abc.supabase.co",
            "bucket_region": "eu-central-1",
            "bucket": "my-bucket",
            "key": "MY_KEY",
            "secret": "MY_SECRET",
            "path": "images/",
        }
    }


class SupabaseStoreRobot(S3Store[SupabaseStoreParams]):
    """Stores files in a bucket of Supabase."""

    name = "/supabase/store"
    example = {
        "exported": {
            "robot": "/supabase/store",
            "use": ":original",
            "host": "https://abc.supabase.co",
            "bucket_region": "eu-central-1",
            "bucket": "my-bucket",
            "key": "MY_KEY",
            "secret": "MY_SECRET",
        }
    }
