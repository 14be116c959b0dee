"""`${…}` in parameters: what takes its place."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robots.base.file import File
from robots.base.params import Invalid
from server.model.interpolation import Interpolation
from server.model.scope import scope
from server.model.variables import answered, expressions, fill, in_text, pending

FILE = File(
    id="f2d3eeeb67479f11f8b091b04f6181ad",
    name="my photo.png",
    size=1024,
    mime="image/png",
    type="image",
    md5hash="9e107d9d372bb6826bd81d3542a419d6",
    original_id="a8d3eeeb67479f11f8b091b04f6181ad",
    original_name="Mein Foto.tiff",
    original_path="/path/to/",
    field="avatar",
    tag="watermark_1",
    meta={"width": 640, "aspect": 2.0, "ratio": 1.5, "alpha": False, "title": None, "faces": [{"x1": 7}], "ключ": 1},
    user_meta={"name": "me"},
)
SCOPE = scope(
    assembly_id="0123456789abcdef0123456789abcdef",
    parent_id="fedcba9876543210fedcba9876543210",
    region="home",
    file=FILE,
    previous_step="video-step-name",
    fields={"subdir": "bar", "n": "1", "obj": {"foo": [1, "é"]}, "with space": "s", "evil": "${file.id} ${1+1}"},
    extra={"url": "http://here/1", "ssl_url": "https://here/1"},
)


def filled(value: Any) -> Any:
    params, warnings = fill({"value": value}, SCOPE, {})
    assert warnings == []
    return params["value"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${assembly.id}", "0123456789abcdef0123456789abcdef"),
        ("${assembly.parent_id}", "fedcba9876543210fedcba9876543210"),
        ("${assembly.region}", "home"),
        ("${unique_prefix}", "f2/d3eeeb67479f11f8b091b04f6181ad"),
        ("${unique_original_prefix}", "a8/d3eeeb67479f11f8b091b04f6181ad"),
        ("${previous_step.name}", "video-step-name"),
        ("${file.id}", "f2d3eeeb67479f11f8b091b04f6181ad"),
        ("${file.original_id}", "a8d3eeeb67479f11f8b091b04f6181ad"),
        ("${file.original_name}", "Mein Foto.tiff"),
        ("${file.original_basename}", "Mein Foto"),
        ("${file.original_path}", "/path/to/"),
        ("${file.original_path}${file.name}", "/path/to/my photo.png"),
        ("${file.name}", "my photo.png"),
        ("${file.url_name}", "my-photo.png"),
        ("${file.basename}", "my photo"),
        ("${file.url_basename}", "my-photo"),
        ("${file.ext}", "png"),
        ("${file.size}", 1024),
        ("${file.mime}", "image/png"),
        ("${file.type}", "image"),
        ("${file.md5hash}", "9e107d9d372bb6826bd81d3542a419d6"),
        ("${file.field}", "avatar"),
        ("${file.as}", "watermark_1"),
        ("${file.url}", "http://here/1"),
        ("${file.ssl_url}", "https://here/1"),
        ("${file.meta.width}", 640),
        ("${file.user_meta.name}", "me"),
        ("${fields.subdir}", "bar"),
        ("${assembly.id}/${fields.subdir}/356", "0123456789abcdef0123456789abcdef/bar/356"),
        ("${unique_prefix}/${file.url_name}", "f2/d3eeeb67479f11f8b091b04f6181ad/my-photo.png"),
        ("${previous_step.name}/${file.id}.${file.ext}", "video-step-name/f2d3eeeb67479f11f8b091b04f6181ad.png"),
        ("/my_images/${file.id}/${file.url_name}", "/my_images/f2d3eeeb67479f11f8b091b04f6181ad/my-photo.png"),
    ],
)
def test_every_documented_variable_has_its_value(text: str, value: Any) -> None:
    assert filled(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${ file . meta . width }", 640),
        ("${file['meta'][\"width\"]}", 640),
        ("${file.meta.faces[0].x1}", 7),
        ("${file.meta.faces[0]['x1']}px", "7px"),
        ("${fields['with space']}", "s"),
        ("${fields.obj}", {"foo": [1, "é"]}),
        ("${fields.obj.foo}", [1, "é"]),
    ],
)
def test_keys_may_be_written_as_in_javascript(text: str, value: Any) -> None:
    assert filled(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${file.meta.alpha}", False),
        ("${file.meta.title}", None),
        ("${file.meta.aspect}", 2.0),
        ("<${file.meta.alpha}>", "<false>"),
        ("<${file.meta.title}>", "<>"),
        ("<${file.meta.aspect}|${file.meta.ratio}|${file.meta.width}>", "<2|1.5|640>"),
        ("<${fields.obj}>", '<{"foo":[1,"é"]}>'),
        (" ${file.meta.width}", " 640"),
    ],
)
def test_a_lone_variable_keeps_its_type_and_others_become_text(text: str, value: Any) -> None:
    assert filled(text) == value
    assert type(filled(text)) is type(value)


@pytest.mark.parametrize(
    "name",
    [
        "fields.nothing",
        "file.nothing",
        "file.meta.nothing.at.all",
        "file.meta.faces[3]",
        "file.meta.title.x",
        "fields.constructor",
        "file.__class__.__mro__",
        "file['__proto__']",
        "assembly.nothing",
    ],
)
def test_what_has_no_value_becomes_an_empty_text_and_a_warning(name: str) -> None:
    params, warnings = fill({"path": f"a/${{{name}}}/b"}, SCOPE, {})

    assert params == {"path": "a//b"}
    assert warnings == [f"${{{name}}} has no value; an empty text took its place."]


@pytest.mark.case(81)
def test_values_that_look_like_variables_are_never_replaced_again() -> None:
    assert filled("${fields.evil}") == "${file.id} ${1+1}"
    assert filled("x${fields.evil}") == "x${file.id} ${1+1}"
    assert expressions({"value": "${fields.evil}"}, SCOPE) == []


@pytest.mark.case(81)
@given(st.text(), st.text())
def test_what_a_client_sends_in_a_field_comes_out_as_it_went_in(before: str, value: str) -> None:
    before = before.replace("$", "")

    params, _ = fill({"path": f"{before}${{fields.x}}!"}, {"fields": {"x": value}}, {})

    assert params == {"path": f"{before}{value}!"}


@pytest.mark.parametrize(
    "source",
    [
        "file.name.toUpperCase()",
        "Math.max(10, file.meta.width)",
        "Math.PI",
        "Date.now()",
        "file.name.length",
        "1 + 1",
        "file.type === 'image' ? 'a' : 'b'",
        "file.meta.faces.length",
        "unknown",
        "",
        "true",
        "fields[file.name]",
        "`}`",
    ],
)
def test_all_else_is_javascript_whose_answer_is_filled_in(source: str) -> None:
    params = {"a": f"<${{{source}}}>", "b": [f"${{{source}}}"]}

    assert expressions(params, SCOPE) == [source]
    assert fill(params, SCOPE, {source: 5.0})[0] == {"a": "<5>", "b": [5.0]}


def test_answers_belong_to_their_sources_and_the_first_error_is_told() -> None:
    assert answered(["a", "b"], [{"value": 1}, {"value": None}]) == {"a": 1, "b": None}
    with pytest.raises(Invalid, match=r"^\$\{b\(\)\}: ReferenceError: b is not defined$"):
        answered(["a", "b()"], [{"value": 1}, {"error": "ReferenceError: b is not defined"}])


def test_names_in_robot_use_and_interpolate_are_never_touched() -> None:
    step = {"robot": "${file.id}", "use": ["${file.id}"], "interpolate": {"${file.id}": True}, "path": "${file.ext}"}

    assert fill(step, SCOPE, {})[0] == {**step, "path": "png"}


def test_a_step_may_keep_its_dollars() -> None:
    params = {"path": "${file.ext}", "ffmpeg": {"vf": "${1+1}", "b": "${file.size}"}}
    rules = Interpolation({"path": False, "ffmpeg.vf": False})

    assert pending(params, rules) == {"ffmpeg"}
    assert expressions(params, SCOPE, rules) == []
    assert fill(params, SCOPE, {}, rules)[0] == {"path": "${file.ext}", "ffmpeg": {"vf": "${1+1}", "b": 1024}}


def test_pending_are_the_parameters_that_hold_a_variable_anywhere() -> None:
    params = {"a": "x", "b": "${c", "d": "${e}", "f": [{"g": "${h}"}], "i": 3}

    assert pending(params, Interpolation()) == {"d", "f"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_characters="$")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), JSON, max_size=4))
def test_without_variables_nothing_changes(params: dict[str, Any]) -> None:
    assert fill(params, {}, {}) == (params, [])


@given(JSON)
def test_a_value_in_a_text_can_be_read_back(value: Any) -> None:
    params, _ = fill({"a": "${fields.x}", "b": "<${fields.x}>"}, {"fields": {"x": value}}, {})

    assert params["a"] == value
    assert params["b"] == f"<{in_text(value)}>"
    if not isinstance(value, str | None):
        assert json.loads(in_text(value)) == value


@pytest.mark.case(81)
def test_what_variables_bring_in_is_bounded() -> None:
    big = {"fields": {"x": "y" * 600_000}}

    assert len(fill({"a": "${fields.x}"}, big, {})[0]["a"]) == 600_000
    with pytest.raises(Invalid, match="1048576 characters"):
        fill({"a": "${fields.x}", "b": "${fields.x}"}, big, {})
    with pytest.raises(Invalid, match="1000 variables"):
        fill({"a": "${file.id}" * 1001}, SCOPE, {})
    with pytest.raises(Invalid, match="1000 variables"):
        expressions({"a": ["${1}"] * 1001}, SCOPE)
