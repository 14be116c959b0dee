"""Pages and documents go through a whole server."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pypdfium2
from aiohttp import web

from tests.customer import Json, customer_of_new_server
from tests.papers import office, paper
from tests.web import always, site

SETTINGS = {"fsync": "no", "require_signature": "no", "image_children": "1"}


def only(status: Json, step: str) -> Json:
    (result,) = status["results"][step]
    return dict(result)


async def test_a_page_at_a_url_is_shown_and_a_paper_is_leafed_through(tmp_path: Path) -> None:
    (path := tmp_path / "paper.pdf").write_bytes(paper(2, "Hello"))
    page = always(lambda: web.Response(text="<body style='background: red'>", content_type="text/html"))
    async with customer_of_new_server(tmp_path / "data", **SETTINGS) as customer, site(page) as home:
        steps: Json = {
            "shot": {"robot": "/html/convert", "url": f"{home}/", "width": 64, "result": True},
            "thumbs": {"robot": "/document/thumbs", "use": ":original", "width": 50, "result": True},
        }
        over = await customer.ended(await customer.create(steps, path), 60)

    assert over.get("ok") == "ASSEMBLY_COMPLETED", over
    assert (only(over, "shot")["mime"], only(over, "shot")["meta"]["width"]) == ("image/png", 64)
    assert [file["meta"]["thumb_index"] for file in over["results"]["thumbs"]] == [0, 1]


async def test_an_office_file_becomes_a_pdf_with_a_picture_of_its_page(tmp_path: Path) -> None:
    with zipfile.ZipFile(path := tmp_path / "letter.docx", "w") as archive:
        for name, body in office("docx", "Hello office").items():
            archive.writestr(name, body)
    async with customer_of_new_server(tmp_path / "data", **SETTINGS) as customer:
        steps: Json = {
            "pdf": {"robot": "/document/convert", "use": ":original", "format": "pdf", "result": True},
            "thumb": {"robot": "/document/thumbs", "use": "pdf", "height": 80, "result": True},
        }
        over = await customer.completed(await customer.create(steps, path), 60)
        made = await customer.http.get(only(over, "pdf")["ssl_url"])
        body = await made.read()

    with pypdfium2.PdfDocument(body) as document:
        assert "Hello office" in document[0].get_textpage().get_text_bounded()
    assert only(over, "pdf")["name"] == "letter.pdf"
    assert only(over, "thumb")["meta"]["height"] == 80
