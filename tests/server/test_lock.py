"""Two servers never share a data folder."""

from pathlib import Path

import pytest

from server.config import WrongSetting
from server.lock import Lock


@pytest.mark.case(122)
def test_the_second_one_is_refused_until_the_first_lets_go(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / "lock"), Lock(tmp_path / "lock")
    first.take()

    with pytest.raises(WrongSetting, match="in use by another server"):
        second.take()

    first.release()
    second.take()
    second.release()
