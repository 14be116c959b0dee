"""Office files tell what their program noted."""

from pathlib import Path

from robots.probe import office
from tests import samples

APP = b"""<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">
<Pages>3</Pages><Words>120</Words><Lines>many</Lines></Properties>"""
CORE = b"""<cp:coreProperties xmlns:cp="c" xmlns:dc="d" xmlns:dcterms="t"><dc:title>A letter</dc:title>
<dc:creator>Ada</dc:creator><dcterms:created>2020-01-09T12:02:08Z</dcterms:created></cp:coreProperties>"""


def test_counts_and_makers_are_told(tmp_path: Path) -> None:
    path = samples.archive(tmp_path, {"docProps/app.xml": APP, "docProps/core.xml": CORE})

    assert office.read(path) == {
        "page_count": 3,
        "word_count": 120,
        "title": "A letter",
        "author": "Ada",
        "create_date": "2020/01/09 12:02:08 GMT",
    }


def test_missing_and_hostile_properties_say_nothing(tmp_path: Path) -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "c">]><a><Words>&b;</Words></a>'

    assert office.read(samples.archive(tmp_path, {"docProps/app.xml": bomb})) == {}
    assert office.read(samples.docx(tmp_path)) == {}
    assert office.read(samples.txt(tmp_path)) == {}
