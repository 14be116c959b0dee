"""The notes of photo programs are read from XMP."""

import pytest

from robots.probe import xmp

PACKET = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<rdf:Description rdf:about="" photoshop:City="Berlin" xmp:CreateDate="2020-01-09T12:02:08+01:00">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Tree</rdf:li></rdf:Alt></dc:title>
<dc:subject><rdf:Bag><rdf:li>tree</rdf:li><rdf:li>nature</rdf:li></rdf:Bag></dc:subject>
<photoshop:Country>Germany</photoshop:Country></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def test_attributes_texts_and_lists_are_told() -> None:
    assert xmp.read(PACKET) == {
        "title": "Tree",
        "keywords": ["tree", "nature"],
        "city": "Berlin",
        "country": "Germany",
        "date_recorded": "2020/01/09 11:02:08 GMT",
    }


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        PACKET[:200],
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b"<a/>" + b" " * (1 << 20),
    ],
)
def test_damaged_and_hostile_packets_say_nothing(packet: bytes) -> None:
    assert xmp.read(packet) == {}
