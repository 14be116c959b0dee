"""The `ffmpeg` parameter is read in every spelling, and only what is harmless gets through."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robots.tools.options import Options, arguments, parsed, seconds


@pytest.mark.parametrize("spelling", [{"codec:v": "libx264"}, {"c:v": "libx264"}, {"codec": {"v": "libx264"}},
                                      {"c": {"v": "libx264"}}, {"vcodec": "libx264"}])  # fmt: skip
def test_all_spellings_mean_the_same(spelling: dict[str, Any]) -> None:
    assert parsed(spelling).output == {"c:v": ["libx264"]}


def test_values_become_words_and_switches_stand_alone() -> None:
    found = parsed({"b": {"v": 300000, "a": "64k"}, "an": True, "sn": False, "crf": 23.0, "map": ["0:v:0", "[out]"]})

    assert arguments(found.output) == [
        *("-b:v", "300000", "-b:a", "64k", "-an", "-crf", "23"),
        *("-map", "0:v:0", "-map", "[out]"),
    ]


def test_encoder_settings_may_be_an_object_or_a_text() -> None:
    wanted = {"x265-params": ["vbv-maxrate=1000:no-sao"]}

    assert parsed({"x265-params": {"vbv-maxrate": 1000, "no-sao": None}}).output == wanted
    assert parsed({"x265-params": "vbv-maxrate=1000:no-sao"}).output == wanted


def test_null_drops_an_option_of_the_preset() -> None:
    assert parsed({"r": None, "codec:a": None}) == Options(dropped=frozenset({"r", "c:a"}))


def test_input_options_are_kept_apart() -> None:
    assert parsed({"input_options": {"ss": 3}, "t": "1:30"}) == Options({"t": ["1:30"]}, {"ss": ["3"]})


@pytest.mark.parametrize(
    "wish",
    [
        {"i": "/etc/passwd"},
        {"f": "tee"},
        {"f": "hls"},
        {"f": "image2"},
        {"vf": "movie=/etc/passwd"},
        {"filter_complex": {"a": "amovie=x"}},
        {"attach": "/etc/passwd"},
        {"report": True},
        {"protocol_whitelist": "file,http"},
        {"passlogfile": "/tmp/x"},
        {"/filter:v": "/etc/passwd"},
        {"filter_script:v": "x"},
        {"vstats_file": "/tmp/x"},
        {"sdp_file": "x"},
        {"progress": "http://example.com"},
        {"c:v": "libx264 -i /etc/passwd"},
        {"metadata": "title=a\nb"},
        {"x264-params": "stats=/tmp/x"},
        {"x265-params": {"csv": "x"}},
        {"x265-params": {"crf": "1:csv=x"}},
        {"b:v": "1M;rm"},
        {"c:v": ["libx264"]},
        {"map": "/etc/passwd"},
        {"map": []},
        {"metadata": []},
        {"b:/x": 1},
        {"nested": {"a": 1}},
        {"input_options": {"f": "concat"}},
        {"input_options": {"i": "x"}},
        {"input_options": {"protocol_whitelist": "file"}},
    ],
)
def test_what_could_touch_files_or_addresses_is_refused(wish: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parsed(wish)


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=20), st.text(max_size=30) | st.integers() | st.booleans() | st.none()))
def test_no_wish_becomes_an_argument_that_names_a_path(wish: dict[str, Any]) -> None:
    try:
        line = arguments(parsed(wish).output)
    except ValueError:
        return
    assert all(not part.startswith(("/", "file:", "http:")) for part in line)


@pytest.mark.parametrize(
    ("time", "expected"), [("90", 90), ("1:30", 90), ("00:01:30.5", 90.5), ("1500ms", 1.5), ("2s", 2)]
)
def test_times_have_many_spellings(time: str, expected: float) -> None:
    assert seconds(time) == expected
