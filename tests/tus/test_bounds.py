"""How many bytes an upload may come to."""

import pytest

from tests.tus.site import Journal
from tus.bounds import Bounds
from tus.errors import TusError
from tus.hooks import Hooks
from tus.upload import Upload


class Host(Journal):
    """Allows eight bytes of what came without a length."""

    async def before_extend(self, upload: Upload, size: int) -> int | None:
        self.moments.append(("extend", size))
        return 8


async def test_an_upload_whose_length_is_known_has_room_for_the_rest_of_it_and_the_host_is_not_asked() -> None:
    host = Host()

    assert await Bounds(host, 100).room(Upload("a", 50, offset=20), 30) == 30
    assert host.moments == []


@pytest.mark.parametrize(("host", "most", "left"), [(Host(), 100, 3), (Host(), 6, 1), (Hooks(), 6, 1)])
async def test_one_of_unknown_length_has_room_for_the_least_of_what_is_allowed(
    host: Hooks, most: int, left: int
) -> None:
    assert await Bounds(host, most).room(Upload("a", None, offset=5), 0) == left


async def test_where_nothing_is_bounded_there_is_no_bound() -> None:
    assert await Bounds(Hooks(), None).room(Upload("a", None), 1 << 50) is None


@pytest.mark.parametrize("upload", [Upload("a", 7), Upload("a", None, offset=2)])
def test_what_would_not_fit_in_the_end_is_refused_before_it_comes(upload: Upload) -> None:
    with pytest.raises(TusError, match=r"larger|more bytes"):
        Bounds(Hooks(), 6).check(upload, 5)


async def test_what_is_announced_and_more_than_the_host_allows_is_refused() -> None:
    with pytest.raises(TusError, match="more bytes"):
        await Bounds(Host(), 100).room(Upload("a", None, offset=5), 4)


async def test_the_host_hears_of_what_came_to_more_than_it_may() -> None:
    host = Host()

    await Bounds(host, None).exceeded(Upload("a", None, offset=8), TusError("ERR_UPLOAD_SIZE_EXCEEDED"))
    await Bounds(host, None).exceeded(Upload("a", None, offset=8), TusError("ERR_READ_TIMEOUT"))

    assert host.moments == [("extend", 9)]
