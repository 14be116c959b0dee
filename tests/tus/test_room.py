"""How much of a disk may still be filled."""

import shutil
from pathlib import Path

from tus.room import room


def test_what_is_kept_free_for_others_is_not_counted(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free

    assert abs(room(tmp_path, 1 << 20) - (free - (1 << 20))) < 1 << 30


def test_of_a_small_disk_a_twentieth_is_kept_at_most(tmp_path: Path) -> None:
    disk = shutil.disk_usage(tmp_path)

    assert abs(room(tmp_path, 1 << 60) - (disk.free - disk.total // 20)) < 1 << 30
