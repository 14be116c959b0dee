"""Stores in and imports from a real S3."""

from __future__ import annotations

import asyncio
from email.header import decode_header, make_header
from ipaddress import ip_network
from pathlib import Path
from socket import AddressFamily, SocketKind
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from robots.base.errors import RobotError
from robots.base.file import File
from robots.base.params import Invalid
from robots.base.robot import Robot
from robots.storage.s3 import S3ImportParams, S3ImportRobot, S3StoreParams, S3StoreRobot
from robots.tools.http import HttpClient
from robots.tools.lookup import Lookup
from tests.canary import secret
from tests.relay import Relay, hangs_up, refuses, relay
from tests.robots.workspace import Bench, file_at, run
from tests.seaweed import DOMAIN, READER, READER_SECRET, Seaweed

BYTES = bytes(range(256)) * 40
AMAZON = {"bucket": "pics", "key": "K", "secret": secret("s3-amazon")}


@pytest.fixture
def file(tmp_path: Path) -> File:
    path = tmp_path / "photo.jpg"
    path.write_bytes(BYTES)
    return file_at(path, mime="image/jpeg")


async def stored(weed: Seaweed, bucket: str, file: File, desk: Bench, **params: Any) -> File:
    (made,) = await run(S3StoreRobot, {**weed.access(bucket), "path": "a/photo.jpg", **params}, [file], desk)
    return made


async def imported(weed: Seaweed, bucket: str, desk: Bench, /, **params: Any) -> dict[str, bytes]:
    files = await run(S3ImportRobot, weed.access(bucket) | params, [], desk)
    return {file.name: file.bytes.read_bytes() for file in files}


async def watched(weed: Seaweed, bucket: str, file: File, desk: Bench, **params: Any) -> Relay:
    """What went over the line when a file was stored."""
    async with relay(weed.origin) as line:
        await stored(weed, bucket, file, desk, host=line.origin, **params)
    return line


class TestStore:
    async def test_a_file_lies_where_its_path_says_and_its_url_tells(
        self, weed: Seaweed, bucket: str, file: File, desk: Bench
    ) -> None:
        made = await stored(weed, bucket, file, desk, path="a b/ü+1.jpg")

        assert weed.content(bucket, "a b/ü+1.jpg") == BYTES
        assert made.url == f"{weed.origin}/{bucket}/a%20b/%C3%BC%2B1.jpg"
        assert made.ssl_url == made.url
        assert (made.path, made.id, desk.reached[-1]) == (file.path, file.id, 1)

    async def test_its_media_type_is_kept(self, weed: Seaweed, bucket: str, file: File, desk: Bench) -> None:
        await stored(weed, bucket, file, desk, headers={"Cache-Control": "no-store"})

        assert weed.about(bucket, "a/photo.jpg")["mime"] == "image/jpeg"

    async def test_headers_and_tags_are_kept_with_it(self, weed: Seaweed, bucket: str, file: File, desk: Bench) -> None:
        headers = {"Content-Type": "image/pjpeg", "Cache-Control": "max-age=9", "x-amz-meta-by": "me"}

        await stored(weed, bucket, file, desk, headers=headers, tags={"tier": "gold & blue"})

        known = weed.about(bucket, "a/photo.jpg")
        assert (known["mime"], known["cache-control"], known["x-amz-meta-by"]) == ("image/pjpeg", "max-age=9", "me")
        assert known["x-amz-tagging-tier"] == "gold & blue"

    @pytest.mark.parametrize(
        ("acl", "sent"),
        [
            ("public-read", "public-read"),
            ("public", "public-read"),
            ("private", "private"),
            ("bucket-default", None),
            (None, "public-read"),
        ],
    )
    async def test_the_acl_says_who_may_read_it(
        self, weed: Seaweed, bucket: str, file: File, desk: Bench, acl: str | None, sent: str | None
    ) -> None:
        line = await watched(weed, bucket, file, desk, **({"acl": acl} if acl else {}))

        assert line.headers("PUT").get("x-amz-acl") == sent

    @pytest.mark.parametrize("name", ["x-amz-acl", "X-Amz-Acl"])
    async def test_a_header_goes_before_what_is_usual(
        self, weed: Seaweed, bucket: str, file: File, desk: Bench, name: str
    ) -> None:
        line = await watched(weed, bucket, file, desk, headers={name: "private"})

        assert line.headers("PUT")[name] == "private"
        assert weed.content(bucket, "a/photo.jpg") == BYTES

    async def test_a_name_for_downloads_may_have_letters_of_its_own(
        self, weed: Seaweed, bucket: str, file: File, desk: Bench
    ) -> None:
        await stored(weed, bucket, file, desk, headers={"Content-Disposition": 'attachment; filename="Größe 1;2.jpg"'})

        known = weed.about(bucket, "a/photo.jpg")["content-disposition"]
        assert known == "attachment; filename=\"Gr__e 1;2.jpg\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%201%3B2.jpg"

    async def test_metadata_may_be_in_any_language(self, weed: Seaweed, bucket: str, file: File, desk: Bench) -> None:
        told = {"X-Amz-Meta-Title": "Größer 🐈 " + "日本" * 40, "x-amz-meta-by": "me"}

        await stored(weed, bucket, file, desk, headers=told)

        known = weed.about(bucket, "a/photo.jpg")
        assert str(make_header(decode_header(known["x-amz-meta-title"]))) == told["X-Amz-Meta-Title"]
        assert known["x-amz-meta-by"] == "me"

    async def test_what_a_variable_knows_of_a_file_may_be_yes_no_or_nothing(
        self, weed: Seaweed, bucket: str, file: File, desk: Bench
    ) -> None:
        told = {"x-amz-meta-clear": True, "x-amz-meta-by": None, "x-amz-meta-wide": 40}

        await stored(weed, bucket, file, desk, headers=told, tags={"clear": False, "by": None})

        known = weed.about(bucket, "a/photo.jpg")
        assert {name: known.get(name) for name in told} == {
            "x-amz-meta-clear": "true",
            "x-amz-meta-by": None,
            "x-amz-meta-wide": "40",
        }
        assert (known["x-amz-tagging-clear"], known["x-amz-tagging-by"]) == ("false", "")

    @pytest.mark.parametrize("check_integrity", [True, False])
    async def test_a_checksum_goes_along_if_it_is_wanted(
        self, weed: Seaweed, bucket: str, file: File, desk: Bench, check_integrity: bool
    ) -> None:
        line = await watched(weed, bucket, file, desk, check_integrity=check_integrity)

        assert line.headers("PUT").get("Content-MD5") == ("w80m4H5VXAEW2yN/vAbZnA==" if check_integrity else None)
        assert weed.content(bucket, "a/photo.jpg") == BYTES

    @pytest.mark.parametrize(
        ("no_vhost", "home"), [(False, "{bucket}.s3.example.com:{port}"), (True, "s3.example.com:{port}/{bucket}")]
    )
    async def test_a_bucket_is_a_host_of_its_own_or_part_of_the_path(
        self, weed: Seaweed, bucket: str, file: File, tmp_path: Path, no_vhost: bool, home: str
    ) -> None:
        here = [(AddressFamily.AF_INET, SocketKind.SOCK_STREAM, 6, "", ("127.0.0.1", weed.port))]
        client = HttpClient(allow=[ip_network("127.0.0.0/8")], lookup=Lookup(lambda *_, **__: here))
        desk = Bench(tmp_path, client)
        access = {"host": f"{DOMAIN}:{weed.port}", "no_vhost": no_vhost}

        made = await stored(weed, bucket, file, desk, path="ä b.jpg", sign_urls_for=60, **access)
        came = await imported(weed, bucket, desk, path="/", **access)
        await client.close()

        place = f"http://{home.format(bucket=bucket, port=weed.port)}/%C3%A4%20b.jpg"
        assert (made.url, (made.signed_url or "").partition("?")[0]) == (place, place)
        assert weed.content(bucket, "ä b.jpg") == BYTES
        assert came == {"ä b.jpg": BYTES}

    async def test_its_urls_can_be_those_of_another_host(
        self, weed: Seaweed, bucket: str, file: File, desk: Bench
    ) -> None:
        made = await stored(weed, bucket, file, desk, url_prefix="http://cdn.example.com/{bucket}", sign_urls_for=60)

        assert made.url == f"http://cdn.example.com/{bucket}/a/photo.jpg"
        assert made.ssl_url == f"https://cdn.example.com/{bucket}/a/photo.jpg"
        assert (made.signed_url or "").startswith(f"{weed.origin}/{bucket}/a/photo.jpg?")

    async def test_whoever_has_the_signed_url_may_read_the_file_for_a_while(
        self, weed: Seaweed, bucket: str, file: File, desk: Bench
    ) -> None:
        made = await stored(weed, bucket, file, desk, sign_urls_for=120, acl="private")

        assert made.signed_url is not None
        assert made.signed_ssl_url == made.signed_url
        assert parse_qs(urlsplit(made.signed_url).query)["X-Amz-Expires"] == ["120"]
        async with aiohttp.ClientSession() as session:
            async with session.get(made.signed_url) as answer:
                assert await answer.read() == BYTES
            async with session.get(made.signed_url.replace("Expires=120", "Expires=999")) as answer:
                assert answer.status == 403

    async def test_without_a_wish_nothing_is_signed(self, weed: Seaweed, bucket: str, file: File, desk: Bench) -> None:
        made = await stored(weed, bucket, file, desk, sign_urls_for=0)

        assert (made.signed_url, made.signed_ssl_url) == (None, None)

    async def test_a_version_is_told(self, weed: Seaweed, bucket: str, file: File, desk: Bench) -> None:
        weed.versioned(bucket)

        made = await stored(weed, bucket, file, desk)

        assert made.meta["version_id"] in weed.versions(bucket)

    async def test_a_session_token_goes_along_and_is_signed(
        self, weed: Seaweed, bucket: str, file: File, desk: Bench
    ) -> None:
        async with relay(weed.origin) as line:
            line.trouble("PUT", refuses(403, "ExpiredToken"))
            with pytest.raises(RobotError, match="the session token has expired") as failure:
                await stored(weed, bucket, file, desk, host=line.origin, session_token=secret("s3-token"))

        assert failure.value.code == "S3_STORE_ACCESS_DENIED"
        assert line.headers("PUT")["x-amz-security-token"] == secret("s3-token")
        assert "x-amz-security-token" in line.headers("PUT")["Authorization"]

    @pytest.mark.parametrize("skip_region_lookup", [False, True])
    async def test_a_bucket_in_another_region_is_found_there(
        self, weed: Seaweed, bucket: str, file: File, desk: Bench, skip_region_lookup: bool
    ) -> None:
        async with relay(weed.origin) as line:
            line.trouble("PUT", refuses(301, "PermanentRedirect", x_amz_bucket_region="eu-west-3"))
            store = stored(weed, bucket, file, desk, host=line.origin, skip_region_lookup=skip_region_lookup)
            if skip_region_lookup:
                with pytest.raises(RobotError, match="301 PermanentRedirect"):
                    await store
            else:
                await store
                assert "/eu-west-3/s3/" in line.headers("PUT")["Authorization"]

    async def test_the_region_that_is_given_is_signed(
        self, weed: Seaweed, bucket: str, file: File, desk: Bench
    ) -> None:
        line = await watched(weed, bucket, file, desk, bucket_region="ap-south-1")

        assert "/ap-south-1/s3/" in line.headers("PUT")["Authorization"]

    async def test_a_clock_that_is_wrong_is_corrected(
        self, weed: Seaweed, bucket: str, file: File, desk: Bench
    ) -> None:
        async with relay(weed.origin) as line:
            line.trouble("PUT", refuses(403, "RequestTimeTooSkewed", Date="Sat, 01 Jan 2050 00:00:00 GMT"))
            line.trouble("PUT", refuses(400, "Enough"))
            with pytest.raises(RobotError, match="Enough"):
                await stored(weed, bucket, file, desk, host=line.origin)

        assert line.headers("PUT")["x-amz-date"].startswith("20500101T0000")

    @pytest.mark.case(56)
    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    async def test_a_redirect_is_not_followed(
        self, weed: Seaweed, bucket: str, file: File, desk: Bench, status: int
    ) -> None:
        async with relay(weed.origin) as line, relay(weed.origin) as inner:
            line.trouble("PUT", *[refuses(status, Location=f"{inner.origin}/x")] * 4)
            with pytest.raises(RobotError) as failure:
                await stored(weed, bucket, file, desk, host=line.origin)

        assert failure.value.code == "S3_STORE_FAILURE"
        assert inner.asked == []

    @pytest.mark.case(56)
    @pytest.mark.parametrize("no_vhost", [True, False])
    @pytest.mark.parametrize("host", ["http://127.0.0.1:9000", "http://0x7f.1", "http://169.254.169.254", "[::1]:80"])
    async def test_a_private_host_is_not_reached(self, file: File, tmp_path: Path, host: str, no_vhost: bool) -> None:
        client = HttpClient()
        params = {**AMAZON, "host": host, "path": "a", "no_vhost": no_vhost}

        with pytest.raises(RobotError, match="not public") as failure:
            await run(S3StoreRobot, params, [file], Bench(tmp_path, client))
        await client.close()

        assert failure.value.code == "S3_STORE_ACCESS_DENIED"

    async def test_what_may_not_be_written_is_said(self, weed: Seaweed, bucket: str, file: File, desk: Bench) -> None:
        with pytest.raises(RobotError, match="403 AccessDenied") as failure:
            await stored(weed, bucket, file, desk, key=READER, secret=READER_SECRET)

        assert failure.value.code == "S3_STORE_ACCESS_DENIED"
        assert READER_SECRET not in failure.value.message

    async def test_a_file_stub_cannot_be_stored(self, weed: Seaweed, bucket: str, desk: Bench) -> None:
        with pytest.raises(RobotError, match="file stub"):
            await stored(weed, bucket, File(id="1", name="stub"), desk, headers={"Content-Type": None})


class TestStoreParameters:
    @pytest.mark.parametrize(
        ("params", "url", "ssl_url"),
        [
            ({}, "http://pics.s3.amazonaws.com/a/b%20c.jpg", "https://s3.amazonaws.com/pics/a/b%20c.jpg"),
            (
                {"bucket_region": "eu-west-1"},
                "http://pics.s3.eu-west-1.amazonaws.com/a/b%20c.jpg",
                "https://s3.eu-west-1.amazonaws.com/pics/a/b%20c.jpg",
            ),
            (
                {"url_prefix": "http://cdn.example.com/{bucket}"},
                "http://cdn.example.com/pics/a/b%20c.jpg",
                "https://cdn.example.com/pics/a/b%20c.jpg",
            ),
        ],
    )
    def test_urls_are_those_of_the_bucket_or_of_the_prefix(
        self, params: dict[str, Any], url: str, ssl_url: str
    ) -> None:
        known = S3StoreParams.parse({**AMAZON, **params})

        assert known.addresses(known.place(), "a/b c.jpg") == (url, ssl_url)

    @pytest.mark.parametrize(
        ("params", "home"),
        [
            ({}, "https://pics.s3.amazonaws.com"),
            ({"bucket_region": "us-west-2"}, "https://pics.s3.us-west-2.amazonaws.com"),
            ({"no_vhost": True}, "https://s3.amazonaws.com/pics"),
            ({"bucket": "demos.example.com"}, "https://s3.amazonaws.com/demos.example.com"),
            ({"host": "s3.example.com"}, "http://pics.s3.example.com"),
            ({"host": "s3.example.com", "no_vhost": True}, "http://s3.example.com/pics"),
            ({"host": "s3://s3.example.com"}, "https://pics.s3.example.com"),
            ({"host": "https://S3.example.com:443/"}, "https://pics.s3.example.com"),
            ({"host": "127.0.0.1:9000"}, "http://127.0.0.1:9000/pics"),
        ],
    )
    def test_the_bucket_is_part_of_its_host_where_that_can_be(self, params: dict[str, Any], home: str) -> None:
        assert S3StoreParams.parse({**AMAZON, **params}).place().home == home

    @pytest.mark.case(56, 82, 83, 106)
    @pytest.mark.parametrize(
        ("params", "words"),
        [
            ({"bucket": "a/b"}, "bucket"),
            ({"bucket": "a..b"}, "bucket"),
            ({"bucket": "me@evil"}, "bucket"),
            ({"bucket": "evil?x"}, "bucket"),
            ({"bucket_region": "x.evil.com/"}, "bucket_region"),
            ({"host": "http://me:pw@example.com"}, "host"),
            ({"host": "http://example.com?x"}, "host"),
            ({"host": "http://exämple.com"}, "host"),
            ({"host": "gopher://example.com"}, "host"),
            ({"host": "http://example.com:6379"}, "host"),
            ({"path": "a/../b"}, "path"),
            ({"path": "a\0b"}, "path"),
            ({"path": "folder/"}, "path"),
            ({"headers": {"x-amz-meta-a": "b\r\nX: y"}}, "line break"),
            ({"headers": {"x-amz-meta-a": "b\0"}}, "line break"),
            ({"headers": {"x-amz-meta-a\r\nX": "y"}}, "name of a header"),
            ({"headers": {"Cache-Control": "größer"}}, "ASCII"),
            ({"headers": {"x-amz-meta-a": "a\x01"}}, "ASCII"),
            ({"headers": {"Authorization": "x"}}, "cannot be chosen"),
            ({"headers": {"Host": "x"}}, "cannot be chosen"),
            ({"headers": {"x-amz-copy-source": "/other/file"}}, "cannot be chosen"),
            ({"session_token": "a\r\nb"}, "session_token"),
            ({"tags": {str(n): "" for n in range(11)}}, "tags"),
            ({"tags": {"a": "b" * 257}}, "tags"),
            ({"url_prefix": "javascript:alert(1)//"}, "url_prefix"),
            ({"acl": "public-read-write"}, "acl"),
            ({"sign_urls_for": 604801}, "sign_urls_for"),
        ],
    )
    def test_what_cannot_be_is_refused(self, params: dict[str, Any], words: str) -> None:
        with pytest.raises(Invalid, match=words) as refusal:
            S3StoreParams.parse({**AMAZON, **params})

        assert AMAZON["secret"] not in str(refusal.value)

    def test_without_keys_the_server_does_not_look_for_any(self) -> None:
        with pytest.raises(Invalid, match="key: is required"):
            S3StoreParams.parse({"bucket": "pics"})

    @pytest.mark.parametrize("robot", [S3ImportRobot, S3StoreRobot])
    def test_what_template_credentials_hold_need_not_be_in_the_step(self, robot: type[Robot[Any]]) -> None:
        step = {"credentials": "mine", "path": "a"}

        robot.model.check(step, frozenset({"credentials", "bucket", "key", "secret"}))


class TestImport:
    async def test_one_file_comes_with_its_name_folder_and_progress(
        self, weed: Seaweed, library: str, desk: Bench
    ) -> None:
        (file,) = await run(S3ImportRobot, {**weed.access(library), "path": "docs/b ü.txt"}, [], desk)

        assert (file.name, file.original_name, file.original_path) == ("b ü.txt", "b ü.txt", "/docs/")
        assert file.bytes.read_text("utf-8") == "docs/b ü.txt"
        assert desk.reached[-1] == 1

    @pytest.mark.parametrize(
        ("path", "recursive", "names"),
        [
            ("docs/", False, ["a.txt", "b ü.txt"]),
            ("docs/", True, ["a.txt", "b ü.txt", "c.txt"]),
            ("/", False, ["top.txt"]),
            ("/", True, ["a.txt", "b ü.txt", "c.txt", "d.txt", "top.txt"]),
            (["top.txt", "/other/d.txt"], False, ["d.txt", "top.txt"]),
            (["other/", "docs/deep/"], False, ["c.txt", "d.txt"]),
        ],
    )
    async def test_folders_come_with_or_without_those_below(
        self, weed: Seaweed, library: str, desk: Bench, path: Any, recursive: bool, names: list[str]
    ) -> None:
        assert sorted(await imported(weed, library, desk, path=path, recursive=recursive)) == names

    async def test_what_is_there_comes_before_it_is_told_what_is_not(
        self, weed: Seaweed, library: str, desk: Bench
    ) -> None:
        given = {**weed.access(library), "path": ["no/", "docs/no.txt", "docs/a.txt", "top.txt"]}
        names = []

        async def listen() -> None:
            async for file in S3ImportRobot(S3ImportParams.parse(given)).work_on([], desk):
                names.append(file.name)

        with pytest.raises(RobotError, match="There is no file in no/") as caught:
            await listen()

        assert sorted(names) == ["a.txt", "top.txt"]
        assert caught.value.code == "S3_IMPORT_NOT_FOUND"

    async def test_a_folder_that_is_not_there_is_missing_whatever_page_was_asked_for(
        self, weed: Seaweed, library: str, desk: Bench
    ) -> None:
        with pytest.raises(RobotError, match="There is no file in no/"):
            await imported(weed, library, desk, path="no/", page_number=2)

    async def test_files_are_numbered_as_they_are_named(self, weed: Seaweed, library: str, desk: Bench) -> None:
        files = await run(S3ImportRobot, {**weed.access(library), "path": ["top.txt", "docs/"]}, [], desk)

        assert {file.place: file.name for file in files} == {1: "top.txt", 2: "a.txt", 3: "b ü.txt"}

    @pytest.mark.parametrize(
        ("page_number", "recursive", "names"),
        [(1, True, ["a.txt", "b ü.txt"]), (3, True, ["top.txt"]), (4, True, []), (2, False, ["top.txt"])],
    )
    async def test_a_page_has_so_many_files(
        self, weed: Seaweed, library: str, desk: Bench, page_number: int, recursive: bool, names: list[str]
    ) -> None:
        params = {"path": "/", "recursive": recursive, "page_number": page_number, "files_per_page": 2}

        assert sorted(await imported(weed, library, desk, **params)) == names

    async def test_a_list_of_many_pages_comes_whole(
        self, weed: Seaweed, library: str, desk: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("robots.tools.s3.fetching.PAGE", 2)

        assert len(await imported(weed, library, desk, path="/", recursive=True)) == 5

    @pytest.mark.parametrize(
        ("force_name", "names"), [("x.txt", ["x.txt", "x.txt"]), (["1.txt"], ["1.txt", "b ü.txt"])]
    )
    async def test_names_can_be_forced(
        self, weed: Seaweed, library: str, desk: Bench, force_name: Any, names: list[str]
    ) -> None:
        params = {**weed.access(library), "path": "docs/", "force_name": force_name}

        assert sorted(file.name for file in await run(S3ImportRobot, params, [], desk)) == names

    async def test_a_stub_has_the_size_and_place_but_no_bytes(self, weed: Seaweed, library: str, desk: Bench) -> None:
        params = {**weed.access(library), "path": ["docs/a.txt", "other/"], "return_file_stubs": True}

        files = await run(S3ImportRobot, params, [], desk)

        assert sorted((file.name, file.size, file.path) for file in files) == [("a.txt", 10, None), ("d.txt", 11, None)]
        assert f"{weed.origin}/{library}/docs/a.txt" in [file.import_url for file in files]

    @pytest.mark.parametrize(
        ("range", "content"),
        [
            ("0-3", b"docs"),
            ("5-", b"a.txt"),
            ("-3", b"txt"),
            (["0-1", "8-9"], b"do\0\0\0\0\0\0xt"),
            ([], b"docs/a.txt"),
        ],
    )
    async def test_parts_of_a_file_can_be_imported(
        self, weed: Seaweed, library: str, desk: Bench, range: Any, content: bytes
    ) -> None:
        assert await imported(weed, library, desk, path="docs/a.txt", range=range) == {"a.txt": content}

    async def test_a_host_can_be_asked_with_or_without_the_bucket_in_its_name(
        self, weed: Seaweed, library: str, desk: Bench
    ) -> None:
        params = {"path": "top.txt", "no_vhost": True, "bucket_region": "us-east-1"}

        assert await imported(weed, library, desk, **params) == {"top.txt": b"top.txt"}

    @pytest.mark.parametrize(
        ("wrong", "code"),
        [
            ({"path": "docs/none.txt"}, "S3_IMPORT_NOT_FOUND"),
            ({"path": "none/"}, "S3_IMPORT_NOT_FOUND"),
            ({"bucket": "none-at-all"}, "S3_IMPORT_NOT_FOUND"),
            ({"secret": "wrong"}, "S3_IMPORT_ACCESS_DENIED"),
            ({"key": "wrong"}, "S3_IMPORT_ACCESS_DENIED"),
            ({"range": "900-"}, "S3_IMPORT_FAILURE"),
        ],
    )
    async def test_a_failure_has_the_code_of_its_kind(
        self, weed: Seaweed, library: str, desk: Bench, wrong: dict[str, Any], code: str
    ) -> None:
        with pytest.raises(RobotError) as failure:
            await imported(weed, library, desk, **{"path": "docs/a.txt", **wrong})

        assert failure.value.code == code

    async def test_a_file_that_is_too_large_is_not_fetched(self, weed: Seaweed, library: str, tmp_path: Path) -> None:
        client = HttpClient(allow=[ip_network("127.0.0.0/8")], max_bytes=9)

        with pytest.raises(RobotError, match="larger than the 9 bytes"):
            await imported(weed, library, Bench(tmp_path, client), path="docs/a.txt")
        await client.close()

    async def test_import_on_errors_lets_metadata_fail(self, weed: Seaweed, library: str) -> None:
        given = {**weed.access(library), "path": "a", "import_on_errors": ["meta"]}

        assert S3ImportRobot(S3ImportParams.parse(given)).forgives == {"meta"}

    @pytest.mark.parametrize("path", ["a/../b", "a\nb", "", [], ["a", ""], ["a", "../b"]])
    def test_a_path_that_names_nothing_is_refused(self, path: Any) -> None:
        with pytest.raises(Invalid, match="path"):
            S3ImportRobot.model.parse({**AMAZON, "path": path})

    async def test_a_cancelled_import_ends_at_once(self, weed: Seaweed, library: str, desk: Bench) -> None:
        async with relay(weed.origin) as line:
            line.trouble("GET", *[hangs_up] * 4)
            job = asyncio.ensure_future(imported(weed, library, desk, path="docs/a.txt", host=line.origin))
            await asyncio.sleep(0)
            job.cancel()
            with pytest.raises(asyncio.CancelledError):
                await job
