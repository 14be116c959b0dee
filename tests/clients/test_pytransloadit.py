"""The official Python SDK, told nothing but where this server is."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from transloadit.assembly import Assembly
from transloadit.client import Transloadit

from tests import samples
from tests.customer import Customer

pytestmark = pytest.mark.asyncio(loop_scope="module")


def sdk(customer: Customer) -> Transloadit:
    return Transloadit(customer.server.key, customer.server.secret, service=customer.server.origin)


def small(customer: Customer, **options: Any) -> Assembly:
    assembly = sdk(customer).new_assembly(options)
    assembly.add_step("small", "/image/resize", {"use": ":original", "width": 40, "height": 40})
    return assembly


@pytest.mark.parametrize("resumable", [True, False])
async def test_files_come_back_resized(customer: Customer, tmp_path: Path, resumable: bool) -> None:
    assembly = small(customer, fields={"album": "trees"})

    with samples.jpeg(tmp_path, name="one.jpg").open("rb") as one, samples.png(tmp_path).open("rb") as two:
        assembly.add_file(one)
        assembly.add_file(two, "second")
        done = await asyncio.to_thread(assembly.create, wait=True, resumable=resumable)

    assert (done.status_code, done.data["ok"]) == (200, "ASSEMBLY_COMPLETED"), done.data
    assert {file["field"]: file["name"] for file in done.data["uploads"]} == {
        "file": "one.jpg",
        "second": "picture.png",
    }
    assert [file["is_tus_file"] for file in done.data["uploads"]] == [resumable] * 2
    assert [file["meta"]["width"] for file in done.data["results"]["small"]] == [40, 40]
    assert done.data["fields"] == {"album": "trees"}
    assert done.data["transloadit_client"].startswith("python-sdk:")


async def test_an_assembly_is_found_by_its_id_and_by_its_url(customer: Customer) -> None:
    created = await asyncio.to_thread(small(customer).create)

    by_id = await asyncio.to_thread(sdk(customer).get_assembly, created.data["assembly_id"])
    by_url = await asyncio.to_thread(sdk(customer).get_assembly, assembly_url=created.data["assembly_ssl_url"])

    assert by_id.data == by_url.data
    assert by_id.data["ok"] == "ASSEMBLY_COMPLETED"  # nothing was uploaded, so nothing is left to do


async def test_a_waiting_assembly_is_canceled(customer: Customer) -> None:
    waiting = await customer.announce({":original": {"robot": "/upload/handle"}})

    canceled = await asyncio.to_thread(sdk(customer).cancel_assembly, waiting["assembly_id"])

    assert canceled.data["ok"] == "ASSEMBLY_CANCELED"
    assert (await customer.status(waiting))["ok"] == "ASSEMBLY_CANCELED"


async def test_templates_are_made_read_run_changed_listed_and_removed(customer: Customer) -> None:
    template = sdk(customer).new_template("python-sdk-test-2026")
    template.add_step("hashed", "/file/hash", {"use": ":original"})
    created = (await asyncio.to_thread(template.create)).data
    run = sdk(customer).new_assembly({"template_id": created["id"]})

    read = (await asyncio.to_thread(sdk(customer).get_template, created["id"])).data
    done = (await asyncio.to_thread(run.create, wait=True, resumable=False)).data
    changed = (await asyncio.to_thread(sdk(customer).update_template, created["id"], {"name": "python-renamed"})).data
    listed = (await asyncio.to_thread(sdk(customer).list_templates, {"keywords": ["python-renamed"]})).data
    gone = (await asyncio.to_thread(sdk(customer).delete_template, created["id"])).data

    assert read["content"] == {"steps": {"hashed": {"robot": "/file/hash", "use": ":original"}}}
    assert (done["ok"], done["template_name"]) == ("ASSEMBLY_COMPLETED", "python-sdk-test-2026")
    assert (changed["ok"], changed["name"], changed["content"]) == (
        "TEMPLATE_UPDATED",
        "python-renamed",
        read["content"],
    )
    assert [item["id"] for item in listed["items"]] == [created["id"]]
    assert gone["ok"] == "TEMPLATE_DELETED"


async def test_a_wrong_secret_is_told(customer: Customer) -> None:
    stranger = Transloadit(customer.server.key, "guessed", service=customer.server.origin)

    refused = await asyncio.to_thread(stranger.new_assembly().create, resumable=False)

    assert (refused.status_code, refused.data["error"]) == (400, "INVALID_SIGNATURE")
