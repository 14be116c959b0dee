"""The doctor looks at the real tools of this machine."""

from pathlib import Path

from robots.base.catalog import Catalog
from robots.tools.programs import Programs
from server.doctor import Tool, complaints, examine, table, tool_names


async def test_the_bundled_tools_tell_their_versions_and_places() -> None:
    tools = await examine(Programs(), ["ffmpeg", "ffprobe", "libvips", "litert"])

    for tool in tools:
        assert tool.version[0].isdigit()
        assert tool.source == "bundled"
        assert Path(tool.path).exists()
        assert "site-packages" in Path(tool.path).parts


async def test_a_program_that_tells_its_version_as_an_error_is_heard_too() -> None:
    (poppler,) = await examine(Programs(), ["pdftocairo"])

    assert poppler.version[0].isdigit()
    assert poppler.source == "PATH"


async def test_a_path_that_was_set_but_leads_nowhere_is_missing_with_the_way_to_get_it() -> None:
    (ffmpeg,) = await examine(Programs({"ffmpeg": "/nowhere/ffmpeg"}), ["ffmpeg"])

    assert (ffmpeg.version, ffmpeg.source) == ("", "missing")
    assert "SLUICE_FFMPEG" in ffmpeg.path


async def test_a_program_that_does_not_run_is_broken(tmp_path: Path) -> None:
    program = tmp_path / "ffmpeg"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o755)

    (ffmpeg,) = await examine(Programs({"ffmpeg": str(program)}), ["ffmpeg"])

    assert (ffmpeg.version, ffmpeg.source) == ("", "broken")


def test_a_robot_that_lacks_a_tool_is_named_with_the_way_to_get_it() -> None:
    lines = complaints({"/video/encode": ("ffmpeg", "ffprobe"), "/file/hash": ()}, {"ffmpeg"})

    assert len(lines) == 1
    assert lines[0].startswith("/video/encode lacks ffmpeg: it comes with the package imageio-ffmpeg")


def test_tools_that_only_a_robot_knows_are_looked_for_too() -> None:
    names = tool_names([("ffmpeg", "toaster")])

    assert names[-1] == "toaster"
    assert names.count("ffmpeg") == 1


def test_the_table_keeps_its_columns() -> None:
    lines = table([Tool("ffmpeg", "9.0", "bundled", "/a"), Tool("chromium", "", "missing", "install it")]).splitlines()

    assert len({line.index(word) for line, word in zip(lines, ("source", "bundled", "missing"), strict=True)}) == 1


async def test_on_this_machine_no_robot_lacks_a_tool() -> None:
    needs = {name: Catalog().get(name).tools for name in Catalog().names()}
    names = sorted({tool for tools in needs.values() for tool in tools})

    found = await examine(Programs(), names)

    assert complaints(needs, {tool.name for tool in found if not tool.version}) == []
