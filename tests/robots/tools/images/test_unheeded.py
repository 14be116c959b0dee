"""Wishes without effect are told, and defaults never."""

from __future__ import annotations

from typing import Any

import pytest

from robots.tools.images.formats import FORMS, form_of
from robots.tools.images.order import Order
from robots.tools.images.unheeded import by_format, by_others


@pytest.mark.parametrize(
    ("ending", "wish", "told"),
    [
        ("gif", {"quality": 50}, "`quality` was left out, for a gif has none."),
        ("tiff", {"quality": 50}, "`quality` was left out, for a tiff has one only with `compress: JPEG`."),
        ("webp", {"quality": 50, "compress": "Lossless"}, "for nothing is lost with `compress: Lossless`."),
        ("webp", {"progressive": True}, "`progressive` was left out, for a webp cannot be shown coarse first."),
        ("jpg", {"adaptive_filtering": True}, "`adaptive_filtering` was left out, for a jpeg has none."),
        ("png", {"compress": "Fax"}, "`compress` was left out, for a png cannot be compressed by Fax."),
    ],
)
def test_what_a_format_does_not_know_is_told(ending: str, wish: dict[str, Any], told: str) -> None:
    (sentence,) = by_format(Order(**wish), FORMS[ending])

    assert sentence.endswith(told)


@pytest.mark.parametrize(
    ("ending", "wish"),
    [
        ("tiff", {"quality": 50, "compress": "JPEG"}),
        ("jpg", {"quality": 50, "progressive": True, "compress": "JPEG"}),
        ("png", {"quality": 50, "progressive": True, "adaptive_filtering": True, "compress": "Lossless"}),
        ("gif", {"progressive": True}),
        ("avif", {"quality": 50}),
    ],
)
def test_what_a_format_knows_is_not_told(ending: str, wish: dict[str, Any]) -> None:
    assert list(by_format(Order(**wish), FORMS[ending])) == []


def test_a_moving_png_is_another_format_than_a_still_one() -> None:
    (sentence,) = by_format(Order(quality=50), form_of("apng", "png"))

    assert sentence == "`quality` was left out, for an apng has none."


def test_a_moving_avif_cannot_be_without_loss_and_keeps_its_quality() -> None:
    told = list(by_format(Order(quality=50, compress="Lossless"), form_of("avis", "avif")))

    assert told == ["`compress` was left out, for an avif that moves cannot be compressed by Lossless."]


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        (
            {"watermark_size": "50%", "watermark_opacity": 0.5, "watermark_position": ["top"]},
            "`watermark_position`, `watermark_size` and `watermark_opacity` were left out, for there is no watermark.",
        ),
        (
            {"watermarks": ["a.png"], "watermark_resize_strategy": "area"},
            "`watermark_resize_strategy` was left out, for there is no `watermark_size`.",
        ),
        ({"width": 9, "gravity": "top"}, "`gravity` was left out, for fit cuts nothing off."),
        (
            {"width": 9, "height": 9, "resize_strategy": "pad", "gravity": "entropy"},
            "`gravity` was left out, for pad cuts nothing off.",
        ),
        (
            {"width": 9, "height": 9, "resize_strategy": "pad", "crop": '{"x1": 0, "y1": 0, "x2": 5, "y2": 5}'},
            "`width`, `height` and `resize_strategy` were left out, for `crop` says what is kept.",
        ),
        ({"text": [{"text": "A"}, {"text": " ", "size": 40}]}, "A `text` is blank, so that nothing of it was written."),
    ],
)
def test_what_other_wishes_rule_out_is_told(wish: dict[str, Any], told: str) -> None:
    assert list(by_others(Order.model_validate(wish))) == [told]


@pytest.mark.parametrize(
    "wish",
    [
        {"watermark_size": "50%", "watermark_resize_strategy": "area", "watermarks": ["a.png"]},
        {"width": 9, "height": 9, "resize_strategy": "fillcrop", "gravity": "entropy"},
        {"width": 9, "height": 9, "resize_strategy": "pad", "gravity": "top"},
        {"resize_strategy": "crop", "crop": {"x1": 0, "y1": 0, "x2": 5, "y2": 5}},
    ],
)
def test_wishes_that_belong_together_are_not_told(wish: dict[str, Any]) -> None:
    assert list(by_others(Order.model_validate(wish))) == []


@pytest.mark.parametrize("ending", sorted(FORMS))
def test_defaults_are_never_told(ending: str) -> None:
    order = Order(quality=92, progressive=False, gravity="center", watermark_position=("center",), watermark_opacity=1)

    assert [*by_others(order), *by_format(order, FORMS[ending])] == []
