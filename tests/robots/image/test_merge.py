"""/image/merge makes one image of many."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import PIL.Image
import pytest

from robots.base.errors import BadInput, BadParams
from robots.base.params import Invalid
from robots.image.merge import ImageMergeParams, ImageMergeRobot
from tests import samples
from tests.robots.image.resized import drawn, near, opened, pixel, wide_profile
from tests.robots.workspace import Bench, file_at, run

pytestmark = pytest.mark.asyncio(loop_scope="session")
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 255)


async def merged(bench: Bench, paths: Sequence[Path], **params: Any) -> PIL.Image.Image:
    (result,) = await run(ImageMergeRobot, params, [file_at(path, type="image") for path in paths], bench)
    image = opened(result.bytes)
    assert image.size == (result.meta["width"], result.meta["height"])
    return image


def squares(folder: Path, *colors: Any, size: tuple[int, int] = (40, 30)) -> list[Path]:
    return [drawn(folder / f"{number}.png", size=size, color=color) for number, color in enumerate(colors)]


async def test_images_stand_side_by_side(bench: Bench, tmp_path: Path) -> None:
    image = await merged(bench, squares(tmp_path, "red", "green", "blue"))

    assert (image.size, image.format, image.mode) == ((120, 30), "PNG", "RGB")
    assert [pixel(image, x, 15) for x in (20, 60, 100)] == [RED, GREEN, BLUE]


async def test_a_vertical_direction_puts_one_below_the_other(bench: Bench, tmp_path: Path) -> None:
    image = await merged(bench, squares(tmp_path, "red", "blue"), direction="vertical")

    assert image.size == (40, 60)
    assert (pixel(image, 20, 15), pixel(image, 20, 45)) == (RED, BLUE)


@pytest.mark.parametrize(("params", "size"), [({}, (80, 60)), ({"columns": 3}, (120, 30)), ({"rows": 3}, (40, 90))])
async def test_a_grid_direction_has_columns_and_rows(bench: Bench, tmp_path: Path, params: Any, size: Any) -> None:
    image = await merged(bench, squares(tmp_path, "red", "green", "blue"), direction="grid", **params)

    assert image.size == size


async def test_cells_of_a_width_and_height_hold_images_that_fit(bench: Bench, tmp_path: Path) -> None:
    image = await merged(bench, squares(tmp_path, "red", "blue"), direction="grid", cell_width=80, cell_height=80)

    assert image.size == (160, 80)
    assert (pixel(image, 40, 40), pixel(image, 40, 5), pixel(image, 120, 40)) == (RED, WHITE, BLUE)


async def test_the_border_between_images_has_the_background(bench: Bench, tmp_path: Path) -> None:
    image = await merged(bench, squares(tmp_path, "red", "blue"), border=6, background="yellow")

    assert image.size == (86, 30)
    assert (pixel(image, 39, 5), pixel(image, 43, 5), pixel(image, 46, 5)) == (RED, (255, 255, 0), BLUE)


@pytest.mark.parametrize(("background", "seen"), [("#fff", (*WHITE, 255)), ("none", (9, 9, 9, 0))])
async def test_transparent_images_show_the_background(bench: Bench, tmp_path: Path, background: str, seen: Any) -> None:
    paths = [drawn(tmp_path / "a.png", mode="RGBA", color=(9, 9, 9, 0)), drawn(tmp_path / "b.png", color="red")]

    image = await merged(bench, paths, background=background)

    assert pixel(image, 5, 5, "RGBA") == seen
    assert pixel(image, 45, 5, "RGBA") == (*RED, 255)


@pytest.mark.parametrize(("background", "color"), [("#fff", "#c060a0"), ("none", None)])
async def test_the_average_colour_is_told_where_nothing_shows_through(
    bench: Bench, tmp_path: Path, background: str, color: str | None
) -> None:
    files = [file_at(path, type="image") for path in squares(tmp_path, "#ff0080", "#80c0c0")]

    (result,) = await run(ImageMergeRobot, {"background": background}, files, bench)

    assert (result.meta.get("average_color"), result.meta.get("has_transparency")) == (color, False if color else None)


async def test_a_jpg_is_white_where_all_is_transparent(bench: Bench, tmp_path: Path) -> None:
    image = await merged(bench, squares(tmp_path, "red", "blue"), border=20, background="none", format="jpg")

    assert near(pixel(image, 50, 15), WHITE)


@pytest.mark.parametrize(("wanted", "form"), [("jpg", "JPEG"), ("png", "PNG"), ("webp", "WEBP")])
async def test_the_format_is_the_one_asked_for(bench: Bench, tmp_path: Path, wanted: str, form: str) -> None:
    (result,) = await run(ImageMergeRobot, {"format": wanted}, [file_at(samples.png(tmp_path))], bench)

    assert (opened(result.bytes).format, result.name) == (form, f"picture.{wanted}")


async def test_width_and_height_are_those_of_the_canvas(bench: Bench, tmp_path: Path) -> None:
    image = await merged(bench, squares(tmp_path, "red", "blue"), width=160, height=160)

    assert image.size == (160, 160)
    assert (pixel(image, 40, 80), pixel(image, 40, 10), pixel(image, 120, 80)) == (RED, WHITE, BLUE)


async def test_a_mosaic_fills_its_canvas(bench: Bench, tmp_path: Path) -> None:
    paths = [
        drawn(tmp_path / f"{number}.png", size=size, color="red")
        for number, size in enumerate([(40, 30), (30, 40), (60, 30), (30, 30)])
    ]

    image = await merged(bench, paths, effect="mosaic", width=200, height=150, border=4)

    across = [pixel(image, x, 20) for x in range(200)]
    assert image.size == (200, 150)
    assert across[:4] == [WHITE] * 4
    assert across[4] == RED
    assert sum(color == WHITE for color in across) in {8, 12, 16, 20}


async def test_photos_lie_in_a_heap_that_a_seed_makes_again(bench: Bench, tmp_path: Path) -> None:
    paths = squares(tmp_path, "red", "green", "blue")
    how = {"effect": "polaroid-stack", "width": 120, "height": 90, "background": "black"}

    one, same, other = [await merged(bench, paths, **how, seed=seed) for seed in (7, 7, 8)]

    colors = {pixel(one, x, y) for x in range(120) for y in range(90)}
    assert one.size == (120, 90)
    assert any(near(color, BLUE, 40) for color in colors)
    assert any(near(color, (250, 250, 248), 3) for color in colors)
    assert one.tobytes() == same.tobytes() != other.tobytes()


async def test_a_transparent_photo_of_a_heap_shows_its_paper_and_nothing_below(bench: Bench, tmp_path: Path) -> None:
    clear = drawn(tmp_path / "clear.png", size=(40, 30), color=(0, 0, 0, 0), mode="RGBA")
    how = {"effect": "polaroid-stack", "width": 120, "height": 90, "background": "black", "seed": 1}

    image = await merged(bench, [clear], **how)

    assert near(pixel(image, 60, 40), (250, 250, 248), 3)


async def test_coverage_says_how_large_the_photos_of_a_heap_are(bench: Bench, tmp_path: Path) -> None:
    paths = squares(tmp_path, "red", "red", "red", "red")
    how = {"effect": "polaroid-stack", "width": 120, "height": 90, "background": "black", "seed": 1}

    few, much = [await merged(bench, paths, **how, coverage=coverage) for coverage in (0.5, 2)]

    assert sum(few.convert("L").histogram()[:20]) > sum(much.convert("L").histogram()[:20])


async def test_a_border_keeps_a_heap_from_the_edge(bench: Bench, tmp_path: Path) -> None:
    how = {"effect": "polaroid-stack", "width": 120, "height": 90, "background": "black", "seed": 1, "coverage": 0.5}

    image = await merged(bench, squares(tmp_path, "white", "white"), **how, border=12)

    assert not any(pixel(image, x, y) != (0, 0, 0) for x in range(120) for y in (0, 11, 79, 89))


async def test_shuffle_changes_the_order_of_a_collage_only(bench: Bench, tmp_path: Path) -> None:
    paths = squares(tmp_path, "red", "green", "blue", "black", "yellow")
    how = {"effect": "mosaic", "width": 200, "height": 60, "seed": 3}

    kept, shuffled = await merged(bench, paths, **how), await merged(bench, paths, **how, shuffle=True)
    row, same = await merged(bench, paths), await merged(bench, paths, shuffle=True, seed=3)

    assert kept.tobytes() != shuffled.tobytes()
    assert row.tobytes() == same.tobytes()


async def test_quality_and_adaptive_filtering_decide_the_size_of_the_file(bench: Bench, tmp_path: Path) -> None:
    paths = [samples.png(tmp_path), samples.jpeg(tmp_path)]

    async def weight(**params: Any) -> int:
        (result,) = await run(ImageMergeRobot, params, [file_at(path) for path in paths], bench)
        return result.bytes.stat().st_size

    assert await weight(format="jpg", quality=20) < await weight(format="jpg")
    assert await weight(adaptive_filtering=True) < await weight()


@pytest.mark.parametrize("sort_by", ["auto", "basename", "import_order"])
async def test_images_come_in_the_order_that_the_step_got_them(bench: Bench, tmp_path: Path, sort_by: str) -> None:
    image = await merged(bench, squares(tmp_path, "red", "blue"), sort_by=sort_by)

    assert (pixel(image, 5, 5), pixel(image, 45, 5)) == (RED, BLUE)


async def test_photos_are_turned_upright(bench: Bench, tmp_path: Path) -> None:
    image = await merged(bench, [samples.jpeg(tmp_path, 40, 30, orientation=6)])

    assert image.size == (30, 40)


async def test_of_an_animation_the_first_frame_is_taken(bench: Bench, tmp_path: Path) -> None:
    image = await merged(bench, [samples.gif(tmp_path, frames=3), samples.svg(tmp_path)])

    assert image.size == (200, 90)
    assert bench.warnings == ["Only the first frame of each animation was taken."]


async def test_a_damaged_image_is_a_failure_of_the_merge(bench: Bench, tmp_path: Path) -> None:
    broken = samples.jpeg(tmp_path)
    broken.write_bytes(broken.read_bytes()[:2000])

    with pytest.raises(BadInput, match=r"early|damaged") as error:
        await merged(bench, [samples.png(tmp_path), broken])

    assert error.value.code == "IMAGE_MERGE_FAILURE"


@pytest.mark.parametrize(
    "wrong",
    [
        {"format": "gif"},
        {"direction": "diagonal"},
        {"effect": "heap"},
        {"border": "wide"},
        {"background": "mauve"},
        {"width": 0},
        {"height": -5},
        {"columns": 0},
        {"rows": 0},
        {"cell_width": 0},
        {"cell_height": 0},
        {"coverage": 4},
        {"quality": 0},
        {"sort_by": "size"},
    ],
)
async def test_wrong_parameters_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match=next(iter(wrong))):
        ImageMergeParams.parse(wrong)


async def test_depth_and_profile_that_go_are_told_once(bench: Bench, tmp_path: Path) -> None:
    deep = drawn(tmp_path / "deep.png", mode="I;16", color=25701)
    wide = [drawn(tmp_path / f"{number}.png", icc_profile=wide_profile()) for number in range(2)]

    await merged(bench, [deep, *wide])

    assert [sentence[:28] for sentence in bench.warnings] == [
        "The picture has 8 bits a cha",
        "The colours of the picture's",
    ]


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"columns": 2, "cell_width": 9}, "`columns` and `cell_width` were left out, for `direction` is no grid."),
        ({"shuffle": True, "seed": 4}, "`seed` and `shuffle` were left out, for there is no `effect`."),
        ({"effect": "mosaic", "coverage": 2}, "`coverage` was left out, for in a mosaic nothing is covered."),
        (
            {"effect": "polaroid-stack", "direction": "grid", "rows": 1},
            "`direction` and `rows` were left out, for the effect polaroid-stack has an order of its own.",
        ),
        ({"format": "jpg", "adaptive_filtering": True}, "`adaptive_filtering` was left out, for a jpeg has none."),
    ],
)
async def test_wishes_without_effect_are_told(bench: Bench, tmp_path: Path, params: Any, told: str) -> None:
    await merged(bench, squares(tmp_path, "red", "blue"), **params)

    assert bench.warnings == [told]


@pytest.mark.parametrize(
    "params", [{}, {"direction": "grid", "columns": 2}, {"effect": "mosaic", "seed": 4, "shuffle": True}]
)
async def test_wishes_that_have_an_effect_are_not_told(bench: Bench, tmp_path: Path, params: Any) -> None:
    await merged(bench, squares(tmp_path, "red", "blue"), **params)

    assert bench.warnings == []


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"width": 25000, "height": 25000}, "The result would have 25000 × 25000 pixels"),
        ({"effect": "polaroid-stack", "border": 450}, "border: it leaves no room for the images"),
        ({"effect": "mosaic", "border": 600}, "border: it leaves no room for the images"),
    ],
)
async def test_a_result_that_cannot_be_is_the_fault_of_the_parameters(
    bench: Bench, tmp_path: Path, params: Any, told: str
) -> None:
    with pytest.raises(BadParams, match=told):
        await merged(bench, squares(tmp_path, "red", "blue"), **params)
