"""What a robot may be told, and what is said when it is told something else."""

from typing import Any, Literal

import pytest
from pydantic import field_validator, model_validator

from robots.base.params import Invalid, Param, Params, has_variable


class Text(Params):
    size: int = Param(12, ge=1)


class Toy(Params):
    width: int | None = Param(None, ge=1, le=5000)
    height: int | None = Param(None, ge=1)
    ratio: float = Param(1.0, gt=0, lt=2)
    mode: Literal["fit", "crop"] = Param("fit")
    strip: bool = Param(False)
    rotation: bool | int = Param(False)
    path: str = Param("${unique_prefix}/${file.url_name}", max_length=50, pattern="^[^ ]*$")
    texts: list[Text] = Param([], max_length=2)
    ffmpeg: dict[str, Any] = Param({})
    script: str = Param("", literal=True)
    from_: str = Param("", alias="from")

    @field_validator("path")
    @classmethod
    def no_dots(cls, path: str) -> str:
        if ".." in path:
            raise ValueError("Must not go up with ..")
        return path

    @model_validator(mode="after")
    def not_both(self) -> "Toy":
        if self.width and self.width == self.height:
            raise ValueError("width and height must differ")
        return self


class Needy(Params):
    url: str = Param(...)
    other: str = Param(..., alias="another")


@pytest.mark.parametrize(
    ("given", "name", "value"),
    [
        ({"width": "200"}, "width", 200),
        ({"width": 200.0}, "width", 200),
        ({"width": None}, "width", None),
        ({"ratio": "1.5"}, "ratio", 1.5),
        ({"strip": "true"}, "strip", True),
        ({"strip": False}, "strip", False),
        ({"strip": "false"}, "strip", False),
        ({"path": 7}, "path", "7"),
        ({"from": "a"}, "from_", "a"),
        ({"texts": [{"size": "9"}]}, "texts", [Text(size=9)]),
    ],
)
def test_numbers_and_booleans_may_come_as_text(given: dict[str, Any], name: str, value: Any) -> None:
    assert getattr(Toy.parse(given), name) == value


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"width": 0}, "width: must be at least 1"),
        ({"width": 5001}, "width: must be at most 5000"),
        ({"width": "wide"}, "width: must be a whole number"),
        ({"width": 1.5}, "width: must be a whole number"),
        ({"width": 10**400}, "width: must be at most 5000"),
        ({"ratio": 0}, "ratio: must be more than 0.0"),
        ({"ratio": "nan"}, "ratio: must be a finite number"),
        ({"mode": "zoom"}, "mode: must be 'fit' or 'crop'"),
        ({"strip": "perhaps"}, "strip: must be true or false"),
        ({"rotation": "left"}, "rotation: must be true or false, or must be a whole number"),
        ({"path": "x" * 51}, "path: must have at most 50 characters"),
        ({"path": "a b"}, "path: must match ^[^ ]*$"),
        ({"path": "../x"}, "path: must not go up with .."),
        ({"path": []}, "path: must be a text"),
        ({"texts": {}}, "texts: must be a list"),
        ({"texts": [{}, {}, {}]}, "texts: must have at most 2 items"),
        ({"texts": [{"size": 0}]}, "texts.0.size: must be at least 1"),
        ({"texts": [{"siz": 0}]}, "texts.0.siz: unknown parameter"),
        ({"texts": ["x"]}, "texts.0: must be an object"),
        ({"ffmpeg": "x"}, "ffmpeg: must be an object"),
        ({"from": []}, "from: must be a text"),
        ({"widht": 5}, "widht: unknown parameter, perhaps width is meant"),
        ({"colour": 5}, "colour: unknown parameter"),
        ({"x" * 5000: 5}, "x" * 100 + ": unknown parameter"),
        ({"width": 7, "height": 7}, "parameters: width and height must differ"),
    ],
)
def test_a_wrong_parameter_is_named_with_what_it_must_be(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Invalid) as wrong:
        Toy.parse(given)

    assert str(wrong.value) == sentence


def test_a_missing_parameter_is_told() -> None:
    with pytest.raises(Invalid, match=r"^url: is required$"):
        Needy.parse({"another": "x"})


@pytest.mark.parametrize(
    ("given", "pending"),
    [
        ({"url": "${file.url}", "another": "x"}, {"url"}),
        ({"url": "x", "another": "${file.url}"}, {"another"}),
        ({"url": "x", "other": "${file.url}"}, {"other"}),
        ({"url": "${a}", "another": "${b}"}, {"url", "another"}),
    ],
)
def test_what_waits_for_its_variables_is_not_missing(given: dict[str, Any], pending: set[str]) -> None:
    Needy.check(given, frozenset(pending))


def test_rules_between_parameters_wait_until_all_are_known() -> None:
    Toy.check({"width": 7, "height": 7, "path": "${a}"}, frozenset({"path"}))
    with pytest.raises(Invalid, match="must differ"):
        Toy.check({"width": 7, "height": 7}, frozenset())


@pytest.mark.parametrize(
    ("given", "pending", "sentence"),
    [
        ({"url": "${a}"}, {"url"}, "another: is required"),
        ({"url": "${a}", "another": []}, {"url"}, "another: must be a text"),
        ({"url": "x", "another": "y", "uri": "${a}"}, {"uri"}, "uri: unknown parameter, perhaps url is meant"),
    ],
)
def test_all_else_is_checked_at_once(given: dict[str, Any], pending: set[str], sentence: str) -> None:
    with pytest.raises(Invalid) as wrong:
        Needy.check(given, frozenset(pending))

    assert str(wrong.value) == sentence


def test_defaults_may_hold_variables_and_some_parameters_keep_them() -> None:
    assert Toy.variable_defaults() == {"path": "${unique_prefix}/${file.url_name}"}
    assert Toy.literals() == {"script"}


@pytest.mark.parametrize(
    ("value", "found"),
    [("${a}", True), ({"a": ["x", {"b": "-${c}-"}]}, True), ("$ {a}", False), (7, False), (None, False), ([], False)],
)
def test_variables_are_noticed_at_any_depth(value: Any, found: bool) -> None:
    assert has_variable(value) is found
