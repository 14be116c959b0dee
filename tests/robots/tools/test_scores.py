"""Of several frames the one with the most to see is chosen, and what speaks for it is said."""

from __future__ import annotations

import pytest

from robots.tools.scores import Scores
from robots.tools.visage import Visage

FACE = Visage(side=0.4, confidence=95, sharpness=6, contrast=50, cut=False)


def heard(*frames: tuple[float, float, float, float, float]) -> Scores:
    """Each with its time, its detail, and its darkest, mean and lightest parts."""
    scores = Scores()
    for number, (at, detail, dark, mean, light) in enumerate(frames):
        for line in (
            *(
                f"frame:{number:<4} pts:{round(at * 1e6):<7} pts_time:{at}",
                f"lavfi.siti.si={detail}",
                "lavfi.siti.ti=9",
            ),
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


def test_a_face_is_worth_more_than_any_detail_and_is_told_first() -> None:
    scores = heard((0, 400, 30, 120, 200), (1, 30, 30, 120, 200), (2, 90, 30, 120, 200))
    scores.see({1: [FACE, FACE], 2: []})

    assert scores.best.at == 1
    assert scores.meta()["smart_score"] == 1
    assert scores.meta()["smart_reasons"] == ["2 faces", "sharp", "contrast", "not black", "not white"]


def test_of_equal_faces_detail_decides() -> None:
    scores = heard((0, 30, 30, 120, 200), (1, 40, 30, 120, 200))
    scores.see({0: [FACE], 1: [FACE]})

    assert scores.best.at == 1
    assert scores.meta()["smart_reasons"][:2] == ["1 face", "most detail of 2 frames"]


def test_faces_are_not_looked_for_where_nothing_can_be_recognised() -> None:
    black, white, flat = (0, 50, 16, 20, 90), (1, 50, 150, 230, 235), (2, 5, 100, 120, 140)
    scores = heard(black, white, flat, (3, 30, 50, 120, 200))

    assert [frame.number for frame in scores.shown(10)] == [3]
    assert Scores().shown(10) == []


def test_of_too_many_frames_the_richest_of_neighbours_are_looked_at() -> None:
    scores = heard(*((at, detail, 50, 120, 200) for at, detail in enumerate((30, 40, 60, 50, 20))))

    assert [frame.number for frame in scores.shown(3)] == [1, 2, 4]
    assert [frame.number for frame in scores.shown(5)] == [0, 1, 2, 3, 4]
