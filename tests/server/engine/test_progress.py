"""Progress as it is told to the watchers."""

from server.engine.progress import never_back


def told(combined: int, **originals: int) -> dict[str, object]:
    entries = [{"original_id": key, "progress": value} for key, value in originals.items()]
    return {"progress_combined": combined, "progress_per_original_file": entries}


def test_it_never_goes_back_when_new_files_make_the_whole_larger() -> None:
    assert never_back(told(60, a=80), told(40, a=70, b=10)) == told(60, a=80, b=10)


def test_the_first_is_told_as_it_is() -> None:
    assert never_back(None, told(5, a=5)) == told(5, a=5)
