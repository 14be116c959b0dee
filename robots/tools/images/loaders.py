"""Which loaders of libvips the bytes of strangers may reach."""

from __future__ import annotations

from functools import cache

import pyvips


@cache
def hardened() -> None:
    """No cache, which could serve an old file of the same path, and no loader that is not made for strangers.

    Drawings are let in again: they are read from memory only, where they have no place from which to reach files.
    """
    pyvips.cache_set_max(0)
    pyvips.block_untrusted_set(True)
    pyvips.operation_block_set("VipsForeignLoadSvg", False)
