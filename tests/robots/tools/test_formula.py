"""Between which bounds a formula of ffmpeg's stays."""

import math

import pytest

from robots.tools.formula import between

KNOWN = {"iw": 1920.0, "ih": 1080.0, "a": 16 / 9}


@pytest.mark.parametrize(
    ("formula", "low", "high"),
    [
        ("iw*2", 3840, 3840),
        ("trunc(iw/2)*2 + 1", 1921, 1921),
        ("min(1280,iw)", 1280, 1280),
        ("max(iw,ih*(16/9))", 1920, 1920),
        ("-2", -2, -2),
        ("2*-3^2", -18, -18),
        ("1.5k", 1500, 1500),
        (".5e3", 500, 500),
        ("hypot(3,-4)", 5, 5),
        ("abs(-7)", 7, 7),
        ("45*PI/180", math.pi / 4, math.pi / 4),
        ("mod(iw,7)", 0, 7),
    ],
)
def test_a_formula_of_what_is_known_comes_to_a_number(formula: str, low: float, high: float) -> None:
    assert between(formula, KNOWN) == pytest.approx((low, high))


@pytest.mark.parametrize(
    ("formula", "low", "high"),
    [
        ("if(gt(a,16/9),1280,-2)", -2, 1280),
        ("if(eq(iw,16),9)", 0, 9),
        ("30000-if(eq(iw,16),0,29000)", 1000, 30000),
        ("-if(a,1,2)*-if(a,3,4)", 3, 8),
        ("100/if(a,2,5)", 20, 50),
        ("random(0)*10", 0, 10),
        ("clip(iw,1,if(a,2,3))", 1, 3),
        ("sin(iw)*2", -2, 2),
    ],
)
def test_of_a_choice_every_branch_counts(formula: str, low: float, high: float) -> None:
    assert between(formula, KNOWN) == pytest.approx((low, high))


@pytest.mark.parametrize(
    "formula",
    [
        *(
            "n*2",
            "iw/0",
            "iw/(ih-ih)",
            "1/if(a,0,1)",
            "sqrt(-1)",
            "9^999",
            "(-2)^0.5",
            "exp(iw)",
            "iw(",
            "iw 2",
            "min()",
        ),
        *("0x10", "1;2", "st(0,1)", "", "(" * 60 + "1" + ")" * 60, "1+" * 300 + "1", "gt(1,2", "if(1)", "1e999"),
    ],
)
def test_what_may_come_to_anything_is_none(formula: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each has a sentence of its own
        between(formula, KNOWN)
