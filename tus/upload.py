"""Upload: what is known of one upload, beside its bytes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Upload:
    """One upload as it stands.

    `length` is None until a deferred length is declared. `header` is Upload-Metadata exactly as the client sent it,
    None if it sent none; `metadata` is what it says. `created` and `expires` are seconds since 1970. `concat` is
    Upload-Concat as it was sent; a final upload gets its bytes from its `parts`, which are ids.
    """

    id: str
    length: int | None
    offset: int = 0
    metadata: Mapping[str, str] = dataclasses.field(default_factory=dict)
    header: str | None = None
    created: float = 0.0
    expires: float | None = None
    concat: str | None = None
    parts: tuple[str, ...] = ()

    @property
    def finished(self) -> bool:
        return self.offset == self.length

    @property
    def partial(self) -> bool:
        """Whether it is only good for being a part of another one."""
        return self.concat is not None and not self.parts

    def expired(self, now: float) -> bool:
        """Of finished uploads only parts expire; what becomes of the others is for the host to say."""
        over = self.expires is not None and self.expires <= now
        return over and (self.partial or not self.finished)
