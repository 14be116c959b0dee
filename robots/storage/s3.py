"""Imports from and stores in Amazon S3, and in whatever else speaks its protocol."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal
from urllib.parse import urlencode

from pydantic import field_validator

from robots.base.fields import Text
from robots.base.params import Param
from robots.tools.ranges import Ranges, checked
from robots.tools.s3.params import PagedParams, Regional, SignedParams, below, checked_prefix
from robots.tools.s3.place import Place, amazon, endpoint
from robots.tools.s3.robots import S3Import, S3Store

AMAZON = "s3.amazonaws.com"
MOST_TAGS = 10


class S3Access(Regional):
    host: str = Param(
        AMAZON,
        "The host of the storage, if it is not Amazon. It is spoken with in HTTP unless it begins with https://.",
    )
    no_vhost: bool = Param(
        False, "Whether the bucket stands in the path of URLs instead of their host, which some storages need."
    )
    session_token: str | None = Param(None, "The session token that belongs to temporary keys.")

    @field_validator("session_token")
    @classmethod
    def session_token_is_one_word(cls, token: str | None) -> str | None:
        if token and not (token.isascii() and token.isprintable() and " " not in token):
            raise ValueError("must be a token, without blanks and line breaks")
        return token or None

    def place(self) -> Place:
        """Amazon is always asked over TLS, and at the host of the bucket's region."""
        region = self.bucket_region or "us-east-1"
        home = amazon(region) if self.host == AMAZON else endpoint(self.host, "http")
        return replace(self.at(home, region, virtual=not self.no_vhost), token=self.session_token)


class S3ImportParams(PagedParams, S3Access):
    range: str | list[str] | None = Param(
        None,
        'The bytes to import, such as `"0-99"`, `"100-"`, or `"-100"` for the last hundred. Of a list, all ranges are '
        "imported at their places, with zeros between.",
    )

    _range = field_validator("range")(checked)

    def ranges(self) -> Ranges:
        return self.range or None


class S3StoreParams(SignedParams, S3Access):
    url_prefix: str | None = Param(
        "http://{bucket}.s3.amazonaws.com/", "The beginning of the URLs that the status tells, such as that of a CDN."
    )
    acl: Literal["bucket-default", "private", "public", "public-read"] = Param(
        "public-read", "Who may read the file; `bucket-default` leaves that to the bucket."
    )
    check_integrity: bool = Param(
        False, "Whether to send a checksum along, so that the storage refuses what was damaged on its way."
    )
    tags: dict[str, Text] = Param({}, "Up to ten tags for the object.", max_length=MOST_TAGS)
    skip_region_lookup: bool = Param(
        False, "Whether to stay in `bucket_region`, whatever the storage says of it.", hidden=True
    )

    _url_prefix = field_validator("url_prefix")(checked_prefix)

    @field_validator("tags")
    @classmethod
    def tags_are_short(cls, tags: dict[str, str]) -> dict[str, str]:
        if any(not name or len(name) > 128 or len(value) > 256 for name, value in tags.items()):
            raise ValueError("the name of a tag has 1 to 128 characters, and its value at most 256")
        return tags

    def grants(self) -> dict[str, str]:
        acl = {"public": "public-read", "bucket-default": ""}.get(self.acl, self.acl)
        told = {"x-amz-acl": acl, "x-amz-tagging": urlencode(self.tags)}
        return {name: value for name, value in told.items() if value}

    def addresses(self, place: Place, key: str) -> tuple[str, str]:
        if "url_prefix" in self.model_fields_set and self.url_prefix:
            return below(self.url_prefix, key, bucket=self.bucket)
        if self.host != AMAZON:
            return super().addresses(place, key)
        host = amazon(place.region)
        plain, _ = below(f"http://{self.bucket}.{host}/", key)
        return plain, below(f"https://{host}/{self.bucket}/", key)[1]


class S3ImportRobot(S3Import[S3ImportParams]):
    """Imports files and whole folders from a bucket of Amazon S3."""

    name = "/s3/import"
    example = {
        "imported": {
            "robot": "/s3/import",
            "bucket": "my-bucket",
            "bucket_region": "us-east-1",
            "key": "MY_KEY",
            "secret": "MY_SECRET",
            "path": "images/",
            "recursive": True,
        }
    }


class S3StoreRobot(S3Store[S3StoreParams]):
    """Stores files in a bucket of Amazon S3; the status then has their URLs there."""

    name = "/s3/store"
    kinds = ("ACCESS_DENIED", "FAILURE", "NOT_FOUND")
    example = {
        "exported": {
            "robot": "/s3/store",
            "use": ":original",
            "bucket": "my-bucket",
            "bucket_region": "us-east-1",
            "key": "MY_KEY",
            "secret": "MY_SECRET",
        }
    }

    def checks(self) -> bool:
        return self.params.check_integrity

    def settled(self) -> bool:
        return self.params.skip_region_lookup
