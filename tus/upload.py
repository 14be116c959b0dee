"""Upload: what is known of one upload, beside its bytes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Upload:
    """One upload as it stands.

    `length` is None until a deferred length is declared. `header` is Upload-Metadata exactly as the client sent it,
    None if it sent none; `metadata` is what it says. `created` and `expires` are seconds since 1970.
    """

    id: str
    length: int | None
    offset: int = 0
    metadata: Mapping[str, str] = dataclasses.field(default_factory=dict)
    header: str | None = None
    created: float = 0.0
    expires: float | None = None

    @property
    def finished(self) -> bool:
        return self.offset == self.length

    def expired(self, now: float) -> bool:
        """Only unfinished uploads expire; what becomes of finished ones is for the host to say."""
        return not self.finished and self.expires is not None and self.expires <= now
