"""Where a bucket is, who may use it, and the URLs of what is in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from robots.tools.guard import Refused, destination, literal
from robots.tools.keys import escaped

# Names that were allowed once have capitals and underscores; none of them can change the meaning of a URL.
BUCKET = re.compile(r"[A-Za-z0-9](?!.*\.\.)[A-Za-z0-9._-]{1,253}[A-Za-z0-9]")
OF_DNS = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
REGION = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")


@dataclass(frozen=True, slots=True)
class Place:
    """A bucket at an endpoint such as `https://s3.eu-west-1.amazonaws.com`.

    `virtual` buckets are part of the name of their host instead of the path. What may be read by all is found below
    `public`, if that is elsewhere.
    """

    endpoint: str
    bucket: str
    key: str
    secret: str = field(repr=False)
    region: str = "us-east-1"
    token: str | None = field(default=None, repr=False)
    virtual: bool = False
    public: str | None = None

    @property
    def in_host(self) -> bool:
        """Whether the bucket is part of the name of the host."""
        return self.virtual and _can_be_virtual(self.endpoint, self.bucket)

    @property
    def home(self) -> str:
        """The URL of the bucket, without a slash at its end."""
        scheme, _, rest = self.endpoint.partition("://")
        if self.in_host:
            return f"{scheme}://{self.bucket}.{rest}"
        return f"{self.endpoint}/{self.bucket}"

    def url(self, key: str) -> str:
        return f"{self.home}/{escaped(key)}"

    def within(self, region: str) -> Place:
        """The same bucket, in the region in which it really is."""
        endpoint = self.endpoint
        if re.fullmatch(r"https?://s3(\.[a-z0-9-]+)?\.amazonaws\.com", endpoint):
            endpoint = f"{endpoint.partition('://')[0]}://{amazon(region)}"
        return replace(self, endpoint=endpoint, region=region)


def endpoint(host: str, scheme: str = "https") -> str:
    """The endpoint that a host stands for, `scheme` if it names none; ValueError if it cannot be one."""
    url = host.strip()
    url = re.sub(r"^s3://", "https://", url) if "://" in url else f"{scheme}://{url}"
    try:
        parts = urlsplit(str(destination(url.rstrip("/"))))
    except Refused as error:
        raise ValueError("must be the host of a storage, such as s3.example.com or https://s3.example.com") from error
    if re.search(r"[?#@]", url):
        raise ValueError("must be the host of a storage, without login and query")
    usual = {"http": ":80", "https": ":443"}[parts.scheme]
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(usual)}{parts.path}"


def amazon(region: str | None) -> str:
    return f"s3.{region}.amazonaws.com" if region and region != "us-east-1" else "s3.amazonaws.com"


def checked_bucket(name: str) -> str:
    """The same, if it can be the name of a bucket; else a ValueError."""
    if not BUCKET.fullmatch(name):
        raise ValueError("must be the name of a bucket: letters, digits, dots and dashes")
    return name


def checked_region(name: str | None) -> str | None:
    if name and not REGION.fullmatch(name):
        raise ValueError("must be the name of a region, such as us-east-1")
    return name or None


def _can_be_virtual(endpoint: str, bucket: str) -> bool:
    """An address has no names below it, and a certificate covers one more label only."""
    host = urlsplit(endpoint).hostname or ""
    plain = OF_DNS.fullmatch(bucket) and ("." not in bucket or endpoint.startswith("http://"))
    return bool(plain) and literal(host) is None and host != "localhost"
