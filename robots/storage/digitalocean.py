"""Imports from and stores in Spaces of DigitalOcean."""

from __future__ import annotations

from pydantic import field_validator

from robots.base.params import Param
from robots.tools.s3.params import GrantedParams, Keys, PagedParams, below, checked_prefix
from robots.tools.s3.place import Place, checked_bucket, checked_region
from robots.tools.s3.robots import S3Import, S3Store

ADDRESS = "https://{region}.digitaloceanspaces.com"


class DigitaloceanAccess(Keys):
    space: str = Param(..., "The name of the Space.")
    region: str = Param(..., "The region of the Space, such as nyc3.")
    key: str = Param(..., "The id of the access key.", min_length=1)
    secret: str = Param(..., "The secret of the access key.", min_length=1)

    _space = field_validator("space")(checked_bucket)
    _region = field_validator("region")(checked_region)

    def place(self) -> Place:
        home = ADDRESS.replace("{region}", self.region)
        return Place(home, self.space, self.key, self.secret, self.region, virtual=True)


class DigitaloceanImportParams(PagedParams, DigitaloceanAccess):
    """What is fetched, and from where."""


class DigitaloceanStoreParams(GrantedParams, DigitaloceanAccess):
    url_prefix: str | None = Param(
        "https://{space}.{region}.digitaloceanspaces.com/",
        "The beginning of the URLs that the status tells, such as that of a CDN.",
    )

    _url_prefix = field_validator("url_prefix")(checked_prefix)

    def addresses(self, place: Place, key: str) -> tuple[str, str]:
        if not self.url_prefix:
            return super().addresses(place, key)
        return below(self.url_prefix, key, space=self.space, region=self.region)


class DigitaloceanImportRobot(S3Import[DigitaloceanImportParams]):
    """Imports files and whole folders from a bucket of DigitalOcean Spaces."""

    name = "/digitalocean/import"
    example = {
        "imported": {
            "robot": "/digitalocean/import",
            "space": "my-space",
            "region": "nyc3",
            "key": "MY_KEY",
            "secret": "MY_SECRET",
            "path": "images/",
        }
    }


class DigitaloceanStoreRobot(S3Store[DigitaloceanStoreParams]):
    """Stores files in a bucket of DigitalOcean Spaces."""

    name = "/digitalocean/store"
    example = {
        "exported": {
            "robot": "/digitalocean/store",
            "use": ":original",
            "space": "my-space",
            "region": "nyc3",
            "key": "MY_KEY",
            "secret": "MY_SECRET",
        }
    }
