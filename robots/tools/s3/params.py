"""Parameters that all robots of the S3 family share: who asks, what is fetched, and how it is stored."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import field_validator

from robots.base.fields import Text
from robots.base.params import Param, Params
from robots.tools.filename import sendable
from robots.tools.headers import encoded_words, header_fault
from robots.tools.imports import PathParams
from robots.tools.keys import escaped, key_of
from robots.tools.ranges import Ranges
from robots.tools.s3.place import Place, checked_bucket, checked_region, endpoint

A_WEEK = 7 * 24 * 3600
# What signs and carries a request is not for the user to say, and a copy would store other bytes than the file's.
OURS = ("authorization", "content-md5", "x-amz-content-sha256", "x-amz-copy-source", "x-amz-date")
METADATA = "x-amz-meta-"


class Keys(Params):
    """Who asks."""

    credentials: str | None = Param(None, "The name of Template Credentials that hold what follows.")

    @field_validator("host", check_fields=False)
    @classmethod
    def host_can_be_asked(cls, host: str | None) -> str | None:
        if host:
            endpoint(host)
        return host

    def place(self) -> Place:
        """Where the bucket is."""
        raise NotImplementedError


class Access(Keys):
    bucket: str = Param(..., "The name of the bucket.")
    key: str = Param(..., "The id of the access key.", min_length=1)
    secret: str = Param(..., "The secret of the access key.", min_length=1)

    _bucket = field_validator("bucket")(checked_bucket)

    def at(self, host: str, region: str, *, virtual: bool = False) -> Place:
        """The bucket at a host; one with a port of its own speaks HTTP unless it says otherwise."""
        scheme = "http" if urlsplit(f"//{host}").port else "https"
        return Place(endpoint(host, scheme), self.bucket, self.key, self.secret, region, virtual=virtual)


class Regional(Access):
    bucket_region: str | None = Param(None, "The region of the bucket.")

    _region = field_validator("bucket_region")(checked_region)


class ImportParams(PathParams, Keys):
    """What is fetched."""

    recursive: bool = Param(False, "Whether the files of the folders below come too.")
    files_per_page: int = Param(1000, "The number of files to import at most, if `recursive` is set.", ge=1)

    def skipped(self) -> int:
        """How many files come on earlier pages."""
        return 0

    def paged(self) -> bool:
        """Whether it was said which files are wanted of many."""
        return not self.model_fields_set.isdisjoint(("files_per_page", "page_number", "start_file_name"))

    def after(self) -> str:
        """The key after which the files begin."""
        return ""

    def stubs(self) -> bool:
        return False

    def ranges(self) -> Ranges:
        return None


class PagedParams(ImportParams):
    page_number: int = Param(
        1, "Which page of `files_per_page` files to import, from 1 on, if `recursive` is set.", ge=1
    )
    return_file_stubs: bool = Param(False, "Whether to pass on only the URL, for Robots that fetch what they need.")

    def skipped(self) -> int:
        return (self.page_number - 1) * self.files_per_page

    def stubs(self) -> bool:
        return self.return_file_stubs


class StoreParams(Keys):
    """How it is stored."""

    path: str = Param(
        "${unique_prefix}/${file.url_name}", "The path of the file in the bucket; it must not be that of a folder."
    )
    headers: dict[str, Text] = Param(
        {"Content-Type": "${file.mime}"},
        "Headers for the file, such as `Cache-Control`; those that begin with `x-amz-meta-` are kept as its metadata, "
        "in which letters beside ASCII are spelled as in mails (RFC 2047).",
    )

    _path = field_validator("path")(key_of)

    @field_validator("headers")
    @classmethod
    def headers_can_be_sent(cls, headers: dict[str, str]) -> dict[str, str]:
        sent: dict[str, str] = {}
        for name, value in headers.items():
            if fault := header_fault(name, value):
                raise ValueError(fault)
            if name.lower() in OURS:
                raise ValueError(f"the header {name} cannot be chosen")
            if name.lower() == "content-disposition":
                value = sendable(value)
            elif name.lower().startswith(METADATA):
                value = encoded_words(value)
            if not value.isascii() or not value.replace("\t", " ").isprintable():
                raise ValueError(f"the header {name} can have ASCII characters only; ${{file.url_name}} has no others")
            sent[name] = value.strip()
        return {name: value for name, value in sent.items() if value}

    def grants(self) -> dict[str, str]:
        """The headers that say who may read the file, and what else is said of it."""
        return {}

    def signed_for(self) -> int:
        """For how many seconds the signed URLs are to be good; 0 for none."""
        return 0

    def addresses(self, place: Place, key: str) -> tuple[str, str]:
        """The plain and the secure URL of the file."""
        url = place.public + escaped(key) if place.public else place.url(key)
        return url, url


class SignedParams(StoreParams):
    sign_urls_for: int | None = Param(
        None,
        "For how many seconds anybody may read the file at `signed_url` and `signed_ssl_url`, at most a week of them. "
        "Without it, or with 0, there are no such URLs.",
        ge=0,
        le=A_WEEK,
    )

    def signed_for(self) -> int:
        return self.sign_urls_for or 0


class GrantedParams(SignedParams):
    acl: Literal["private", "public-read"] = Param("public-read", "Who may read the file.")

    def grants(self) -> dict[str, str]:
        return {"x-amz-acl": self.acl}


def checked_prefix(prefix: str | None) -> str | None:
    """The beginning of a URL, with a slash at its end; a ValueError if it is none."""
    if prefix and not prefix.lower().startswith(("http://", "https://")):
        raise ValueError("must begin with http:// or https://")
    return f"{prefix.rstrip('/')}/" if prefix else None


def below(prefix: str, key: str, **words: str) -> tuple[str, str]:
    """The plain and the secure URL of a key below a prefix, in which `{bucket}` and its like are filled in."""
    for name, word in words.items():
        prefix = prefix.replace(f"{{{name}}}", word)
    url = prefix + escaped(key)
    return url, f"https://{url.partition('://')[2]}"
