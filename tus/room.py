"""Room: how much of a disk may still be filled."""

from __future__ import annotations

import os
from pathlib import Path


def room(folder: Path, keep_free: int) -> int:
    """Bytes, of which there may be fewer than none; `keep_free` are left to others, or a twentieth of a small disk."""
    disk = os.statvfs(folder)
    kept = min(keep_free, disk.f_blocks * disk.f_frsize // 20)
    return disk.f_bavail * disk.f_frsize - kept
