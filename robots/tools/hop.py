"""One request on the way to a file: where it goes, and which headers may go along."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urljoin

from multidict import CIMultiDict
from yarl import URL

from robots.tools.guard import Refused, destination, spoken
from robots.tools.headers import header_fault

TRAVELS = {"accept", "accept-language", "range", "user-agent"}  # all other headers may hold a secret


@dataclass(frozen=True, slots=True)
class Hop:
    """A URL without credentials, and the headers for it."""

    url: URL
    headers: CIMultiDict[str]

    @classmethod
    def to(cls, url: str, headers: Mapping[str, str]) -> Hop:
        """Credentials in the URL become a header, so that they are dropped where headers are dropped."""
        place, sent = destination(url), CIMultiDict(headers)
        if place.raw_user is not None:
            login = f"{unquote(place.raw_user)}:{unquote(place.raw_password or '')}"
            sent.setdefault("Authorization", f"Basic {base64.b64encode(login.encode()).decode()}")
        return cls(place.with_user(None), sent)

    def redirected(self, location: str) -> Hop:
        try:
            onward = urljoin(str(self.url), location)
        except ValueError as error:
            raise Refused(f"{spoken(self.url)} redirects to something that is not a URL.") from error
        same = _origin(destination(onward)) == _origin(self.url)
        return Hop.to(onward, {name: value for name, value in self.headers.items() if same or name.lower() in TRAVELS})


def sent(headers: Mapping[str, str], wanted: str | None) -> dict[str, str]:
    """The headers that a user chose, with one for the wanted range; Refused if they cannot be chosen."""
    for name, value in headers.items():
        if fault := header_fault(name, value):
            raise Refused(f"{fault[0].upper()}{fault[1:]}.")
    return {**headers, "Range": f"bytes={wanted}"} if wanted else dict(headers)


def _origin(url: URL) -> tuple[str, str, int | None]:
    return url.scheme.lower(), (url.raw_host or "").lower(), url.port
