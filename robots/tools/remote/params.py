"""Parameters that robots for servers of files share: who signs in, and how what is stored is told."""

from __future__ import annotations

from typing import Self

from pydantic import field_validator, model_validator

from robots.base.params import Param, Params
from robots.tools.guard import is_host
from robots.tools.imports import PathParams
from robots.tools.keys import checked_template, filled, key_of
from robots.tools.remote.server import Login


class Access(Params):
    """Where the server is, and who signs in."""

    credentials: str | None = Param(None, "The name of Template Credentials that hold the host, the user and the rest.")
    host: str | None = Param(None, "The name or address of the server.")
    user: str | None = Param(None, "The name of the user.")

    @field_validator("host")
    @classmethod
    def host_can_be_called(cls, host: str | None) -> str | None:
        if host and not is_host(f"[{host}]" if ":" in host else host):
            raise ValueError("must be the name or the address of a server, such as files.example.com")
        return host

    @field_validator("user", "password", check_fields=False)
    @classmethod
    def login_is_one_line(cls, text: str | None) -> str | None:
        if any(ord(char) < 32 or ord(char) == 127 for char in text or ""):
            raise ValueError("has a control character in it")
        return text

    @model_validator(mode="after")
    def somebody_signs_in(self) -> Self:
        if not self.credentials and (lacking := self.lacking()):
            raise ValueError(f"credentials: is required, the name of those with {lacking}")
        return self

    def lacking(self) -> str:
        """What is missing, if nobody can sign in with these."""
        return "" if self.host else "the host, the user and the password"

    def login(self) -> Login:
        raise NotImplementedError


class ImportParams(PathParams, Access):
    """What is fetched."""

    def deep(self) -> bool:
        """Whether the files of the folders below come too."""
        return False

    def cautions(self) -> list[str]:
        """What is done in another way than was wished."""
        return []


class StoreParams(Access):
    """Where it is stored, and how that is told."""

    path: str = Param(
        "${unique_prefix}/${file.url_name}",
        "The path of the file below the folder in which the user is after he signed in; folders are made as needed.",
    )
    url_template: str = Param(
        "https://{HOST}/{PATH}", "The URL that the status tells; `{HOST}` and `{PATH}` are filled in."
    )
    ssl_url_template: str = Param("https://{HOST}/{PATH}", "The same for the secure URL.")
    allowNetwork: str | None = Param(
        None, "Accepted; the settings say which networks may be reached.", hidden=True, unheeded=True
    )

    _path = field_validator("path")(key_of)
    _templates = field_validator("url_template", "ssl_url_template")(checked_template)

    def mode(self) -> int | None:
        """The permissions that the file is to have, if they are not left to the server."""
        return None

    def urls(self) -> tuple[str, str]:
        """The plain and the secure URL of the stored file."""
        host = self.login().host
        host = f"[{host}]" if ":" in host else host
        return filled(self.url_template, self.path, HOST=host), filled(self.ssl_url_template, self.path, HOST=host)
