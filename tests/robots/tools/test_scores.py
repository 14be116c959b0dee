"""Of several frames the one with the most to see is chosen, and what speaks for it is said."""

from __future__ import annotations

import pytest

from robots.tools.scores import Scores


def heard(*frames: tuple[float, float, float, float, float]) -> Scores:
    """Each with its time, its detail, and its darkest, mean and lightest parts."""
    scores = Scores()
    for number, (at, detail, dark, mean, light) in enumerate(frames):
        for line in (
            *(f"frame:{number} pts:{number} pts_time:{at}", f"lavfi.siti.si={detail}", "lavfi.siti.ti=9"),
            *(
                f"lavfi.signalstats.{name}={value}"
                for name, value in (("YLOW", dark), ("YAVG", mean), ("YHIGH", light))
            ),
        ):
            scores.hear(line)
    return scores


def test_of_equal_frames_the_first_is_best() -> None:
    assert heard((0.5, 3, 90, 90, 90), (0.9, 3, 90, 90, 90)).best.at == 0.5


def test_the_score_is_the_detail_and_ends_at_one() -> None:
    assert heard((0, 25, 50, 100, 150)).meta()["smart_score"] == 0.25
    assert heard((0, 250, 50, 100, 150)).meta()["smart_score"] == 1
    assert Scores().found == []


@pytest.mark.parametrize(
    ("frame", "reasons"),
    [
        ((0, 50, 30, 120, 200), ["sharp", "contrast", "not black", "not white"]),
        ((0, 0, 16, 16, 16), ["not white"]),
        ((0, 0, 235, 235, 235), ["not black"]),
        ((0, 5, 100, 120, 140), ["not black", "not white"]),
    ],
)
def test_only_what_speaks_for_a_frame_is_said(
    frame: tuple[float, float, float, float, float], reasons: list[str]
) -> None:
    assert heard(frame).meta()["smart_reasons"] == reasons
    assert heard(frame, frame).meta()["smart_reasons"] == ["most detail of 2 frames", *reasons]
