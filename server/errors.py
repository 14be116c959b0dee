"""Every error code that a client of the API can see: one line each."""

from __future__ import annotations

from typing import Any

# code: (HTTP status, sentence)
CODES: dict[str, tuple[int, str]] = {
    "SERVER_404": (404, "Unknown method or URL."),
    "SERVER_500": (500, "Something went wrong on this server; its log says what."),
    "ASSEMBLY_NOT_FOUND": (404, "The Assembly you requested does not exist."),
}


class ApiError(Exception):
    """A request is refused. `extra` holds more keys of the error body, such as reason and assembly_id."""

    def __init__(self, code: str, reason: str | None = None, **extra: Any) -> None:
        super().__init__(reason or code)
        self.code = code
        self.status, self.message = CODES[code]
        self.reason = reason
        self.extra = extra

    def body(self) -> dict[str, Any]:
        """The error envelope of the API."""
        told = {"reason": self.reason} if self.reason else {}
        return {
            "error": self.code,
            "http_code": self.status,
            "message": self.reason or self.message,
            **told,
            **self.extra,
        }
