"""What ffmpeg's complaints mean: a sentence that helps, without the paths of this machine."""

from __future__ import annotations

import re
from collections.abc import Sequence

from robots.base.errors import BadInput, RobotError, Shortage, ToolFailed

# The first that is found anywhere in the tail wins, so causes stand before their consequences.
CAUSES: tuple[tuple[str, str, type[RobotError]], ...] = (
    (
        r"detected only with low score of 1,",
        "The file is not audio or video, or its beginning is missing.",
        BadInput,
    ),
    (
        r"moov atom not found",
        "The file ends early or was never finished: its index (moov atom) is missing.",
        BadInput,
    ),
    (r"EBML header parsing failed|End of file", "The file is empty or ends early.", BadInput),
    (
        r"Format not on whitelist",
        "Files of this kind refer to other files and are not read.",
        BadInput,
    ),
    (r"exceeds max_pixels|Picture size \S+ is invalid", "The picture is too large to be decoded.", BadInput),
    (r"Unknown encoder '([^']*)'", "There is no encoder {0} on this server.", ToolFailed),
    (r"Unknown decoder '([^']*)'", "There is no decoder {0} on this server.", ToolFailed),
    (r"No such filter: '([^']*)'", "There is no filter {0} on this server.", ToolFailed),
    (
        r"(?:width|height) not divisible by 2 \((\S+)\)",
        "Width and height must be even for this codec, not {0}.",
        ToolFailed,
    ),
    (
        r"Could not find tag for codec (\S+) in stream|codec (\S+) (?:is )?not currently supported in container",
        "This container cannot hold the codec {0}.",
        ToolFailed,
    ),
    (r"Only (.+ are supported for \w+)", "Only {0}.", ToolFailed),
    (
        r"\[libvorbis\b.*encoder setup failed",
        "Vorbis cannot have this bit rate with these channels and this sample rate; without one it aims at a quality.",
        ToolFailed,
    ),
    (r"Stream map '[^']*' matches no streams", "The file lacks a stream that `map` asks for.", ToolFailed),
    (r"does not contain any stream", "The file has no stream that this format can hold.", BadInput),
    (r"No space left on device", "This server has no room on its disk left; try again later.", Shortage),
    (r"Cannot allocate memory", "The file needs more memory than one job may use.", ToolFailed),
    (r"Cannot find a valid font", "There is no font for the text on this server.", ToolFailed),
    (
        r"Error opening input|Invalid data found when processing input",
        "The file is damaged, or not audio or video.",
        BadInput,
    ),
)
PATH = re.compile(r"(?:file:)?(?<![\w.])/(?:[^\s'\":,;)\]]+/)*([^\s'\":,;)\]/]*)")
ADDRESS = re.compile(r" @ 0x[0-9a-f]+")


def cause(lines: Sequence[str]) -> tuple[type[RobotError], str]:
    """Whose fault it is, and the sentence for the user."""
    text = "\n".join(lines)
    for pattern, sentence, kind in CAUSES:
        if found := re.search(pattern, text):
            return kind, sentence.format(next((group for group in found.groups() if group), ""))
    return ToolFailed, f"ffmpeg could not do its work: {_loudest(lines)}"


def cleaned(lines: Sequence[str]) -> list[str]:
    """The lines without directories and memory addresses."""
    return [PATH.sub(r"\1", ADDRESS.sub("", line)) for line in lines]


def _loudest(lines: Sequence[str]) -> str:
    """The first error, for the later ones mostly follow from it; the marks in front are taken off."""
    errors = [line for line in lines if "[error]" in line or "[fatal]" in line] or list(lines[-1:])
    return re.sub(r"^(?:\[[^\]]*\] |x26[45] \[error\]: )+", "", errors[0]) if errors else "it said nothing."
