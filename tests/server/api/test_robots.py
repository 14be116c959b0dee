"""Anyone can read which robots there are, and what each may be told."""

from __future__ import annotations

from pathlib import Path

from tests.inside import client, inside


async def test_each_robot_is_listed_with_its_schema(tmp_path: Path) -> None:
    async with inside(tmp_path / "data", disabled_robots=("/script/run",)) as app, client(app) as session:
        robots = (await (await session.get("/robots")).json())["robots"]
        by_name = {robot["name"]: robot for robot in robots}
        hashes = await (await session.get(by_name["/file/hash"]["schema"])).json()
        stores = await (await session.get(by_name["/s3/store"]["schema"])).json()

    assert len(by_name) >= 40
    assert "/script/run" not in by_name
    assert "image" in by_name["/image/resize"]["accepts"]
    assert hashes["properties"]["robot"] == {"const": "/file/hash"}
    assert "algorithm" in hashes["properties"]
    assert stores["title"] == "/s3/store"


async def test_what_is_no_robot_here_is_told(tmp_path: Path) -> None:
    async with inside(tmp_path / "data", disabled_robots=("/script/run",)) as app, client(app) as session:
        answers = [await session.get(f"/robots/{name}") for name in ("script/run", "image/none", "../etc")]

        assert [answer.status for answer in answers] == [404] * 3
        assert {(await answer.json())["error"] for answer in answers} == {"SERVER_404"}
