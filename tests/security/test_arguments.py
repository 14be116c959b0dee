"""What users write becomes values of a tool's options, and never options, files or addresses."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from aiohttp import FormData
from hypothesis import given, settings
from hypothesis import strategies as st

from robots.tools.options import ENCODER_PARAMS, GRAPHS, INPUT, OUTPUT, SWITCH, arguments, parsed
from tests import samples
from tests.live import ended
from tests.security.attacker import Attacker, instructions
from tests.security.trap import trap

# Whose value ffmpeg takes as words about the file; nothing opens it, whatever it says.
WORDS = {"metadata"}
REACH = re.compile(
    r"(^|[=,:;|'])\s*(/|~|\.\./|[a-z+]*(file|https?|concat|pipe|data|tcp|udp|rtp|crypto|fd|async|cache):)"
)
NASTY = [
    *("-i", "-report", "--", "/etc/passwd", "file:/etc/passwd", "../x", "concat:a|b", "pipe:0", "http://127.0.0.1/"),
    *("movie=/etc/passwd", "[a];movie=x", "drawtext=textfile=/x", "a -i b", "a\n-i\nb", "x'/etc/passwd", "1;id"),
    *("stats=/tmp/x", "csv=x", "tee", "segment", "hls", "1", "2.5", "10k", "libx264", "0:v", "-0:a", "title=/x"),
    *("@/etc/passwd", "subfile,,start,0,end,9,,:/etc/passwd", "fd:3", "~/x", "a\0b", "\u202e", "a:b=/c"),
]  # fmt: skip
DANGEROUS = "i y f attach report protocol_whitelist dump_attachment /filter:v filter_script sdp_file progress vpre fpre"
NAMES = [*OUTPUT, *INPUT, *GRAPHS, *ENCODER_PARAMS, *DANGEROUS.split()]
names = st.builds("{}{}".format, st.sampled_from(NAMES), st.sampled_from(["", ":v", ":a:0", ":/x", ":-i", " -i"]))
values: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=30),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.lists(st.sampled_from(NASTY), max_size=3),
    st.dictionaries(st.sampled_from([*NASTY, "v", "crf"]), st.sampled_from(NASTY), max_size=2),
)


def read(line: list[str]) -> list[tuple[str, str]]:
    """Options and their values, as ffmpeg reads a command line: what an option takes is its value, whatever it is."""
    pairs, words = [], iter(line)
    for word in words:
        assert word.startswith("-"), f"{word!r} would be the name of an output"
        name = word[1:].partition(":")[0]
        known = OUTPUT.get(name) or INPUT.get(name)
        assert known is not None or name in GRAPHS | ENCODER_PARAMS | {"f"}, f"{word!r} is no option of ours"
        pairs.append((name, "" if known is not None and known.pattern == SWITCH else next(words)))
    return pairs


@pytest.mark.case(75)
@settings(deadline=None, max_examples=300)
@given(st.dictionaries(names, values, max_size=4), st.dictionaries(names, values, max_size=2))
def test_no_value_of_any_option_starts_another_or_names_a_file_or_an_address(
    output: dict[str, Any], before: dict[str, Any]
) -> None:
    try:
        wished = parsed({**output, "input_options": before})
    except ValueError:
        return

    for pairs in (read(arguments(wished.output)), read(arguments(wished.input))):
        for name, value in pairs:
            assert name in WORDS or not REACH.search(value), (name, value)
            assert not re.search(r"[\0\r\n]", value), (name, value)


@pytest.mark.case(75)
@pytest.mark.parametrize(
    "wish",
    [
        {"i": "/etc/passwd"},
        {"f": "tee"},
        {"vf": "movie=/etc/passwd"},
        {"attach": "/etc/passwd"},
        {"report": True},
        {"protocol_whitelist": "file,http"},
        {"c:v": "libx264 -i /etc/passwd"},
        {"x264-params": "stats=/tmp/x"},
    ],
)
@pytest.mark.asyncio(loop_scope="module")
async def test_an_assembly_with_such_an_option_is_refused_at_once(attacker: Attacker, wish: dict[str, Any]) -> None:
    steps = {"made": {"robot": "/video/encode", "use": ":original", "ffmpeg": wish}}

    status, told = await attacker.create(instructions(steps))

    assert (status, told["error"]) == (400, "VIDEO_ENCODE_VALIDATION")


@pytest.mark.case(75)
@pytest.mark.parametrize(
    "text",
    [
        {"text": "@{}"},
        {"text": "x", "font": "{}"},
        {"text": "x", "font": "-report, @{} 99999999"},
        {"text": "<span font_desc='{}' fontfile='{}'>x</span>"},
        {"text": "%[exif:*] ${{file.path}} $(cat {})"},
    ],
)
@pytest.mark.asyncio(loop_scope="module")
async def test_a_text_is_drawn_as_it_is_and_a_font_is_only_a_name(
    attacker: Attacker, text: dict[str, str], tmp_path: Path
) -> None:
    async with trap(tmp_path / "canary") as laid:
        secret = str(laid.canary.file("txt"))
        written = {name: words.format(secret, secret) for name, words in text.items()}
        steps = {"made": {"robot": "/image/resize", "use": ":original", "text": [{**written, "size": 20}]}}
        data = FormData({"params": instructions(steps)})
        data.add_field("file", samples.png(tmp_path, 60, 40).read_bytes(), filename="a.png")
        async with attacker.ask("POST", "/assemblies", data=data) as reply:
            status = await reply.json()
        over = await ended(attacker.http, status)
        opened = laid.opened()

    assert over["ok"] == "ASSEMBLY_COMPLETED", over
    (result,) = over["results"]["made"]
    assert (result["meta"]["width"], result["meta"]["height"]) == (60, 40)
    assert opened == []
