"""The whole server: it starts, it stops, and it goes on where it was."""

import json
from base64 import b64encode
from pathlib import Path

import pytest

from server.config import WrongSetting
from tests import samples
from tests.inside import client, inside
from tests.live import KEY, ended

STEPS = {"hashed": {"robot": "/file/hash", "use": ":original", "algorithm": "md5"}}
TUS = {"Tus-Resumable": "1.0.0"}


async def test_programs_and_browsers_get_what_they_want_from_the_root(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as session:
        assert (await (await session.get("/")).json())["ok"] == "SERVER_ROOT"
        page = await session.get("/", headers={"Accept": "text/html,*/*"})

    assert page.content_type == "text/html"


@pytest.mark.case(122)
async def test_a_data_folder_belongs_to_one_server(tmp_path: Path) -> None:
    async with inside(tmp_path / "data"):
        with pytest.raises(WrongSetting, match="in use"):
            async with inside(tmp_path / "data"):
                pass


async def test_an_upload_that_was_begun_before_a_restart_is_finished_after_it(tmp_path: Path) -> None:
    data = samples.jpeg(tmp_path).read_bytes()
    async with inside(tmp_path / "data", public_url="http://sluice.example") as app, client(app) as session:
        form = {"params": json.dumps({"auth": {"key": KEY}, "steps": STEPS}), "num_expected_upload_files": "1"}
        status = await (await session.post("/assemblies", data=form)).json()
        said = {"assembly_url": status["assembly_url"], "filename": "photo.jpg"}
        metadata = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in said.items())
        headers = {**TUS, "Upload-Length": str(len(data)), "Upload-Metadata": metadata}
        created = await session.post("/resumable/files/", headers=headers)
        path = created.headers["Location"].removeprefix("http://sluice.example")
        kind = {**TUS, "Content-Type": "application/offset+octet-stream"}
        await session.patch(path, data=data[:1000], headers={**kind, "Upload-Offset": "0"})

    async with inside(tmp_path / "data", public_url="http://sluice.example") as app, client(app) as session:
        head = await session.head(path, headers=TUS)
        assert head.headers["Upload-Offset"] == "1000"
        await session.patch(path, data=data[1000:], headers={**kind, "Upload-Offset": "1000"})
        urls = {key: status[key].removeprefix("http://sluice.example") for key in URLS}
        last = await ended(session, urls)

    assert last["ok"] == "ASSEMBLY_COMPLETED"
    assert last["results"]["hashed"][0]["size"] == len(data)
    assert last["uploads"][0]["tus_upload_url"] == created.headers["Location"]


URLS = ("update_stream_url", "assembly_ssl_url")
