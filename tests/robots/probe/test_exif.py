"""A camera's notes come in the words of the API."""

from typing import Any

import pytest
from PIL import ExifTags, Image

from robots.probe import exif
from tests import samples

BASE = ExifTags.Base


def noted(**photo: Any) -> dict[str, Any]:
    tags = Image.Exif()
    tags.get_ifd(ExifTags.IFD.Exif).update({getattr(BASE, name): value for name, value in photo.items()})
    return exif.read(exif.parse(tags.tobytes()))


def test_all_notes_of_a_photo_are_told() -> None:
    meta = exif.read(exif.parse(samples.camera().tobytes()))

    assert meta == {
        "aperture": 5.6,
        "author": "Ada",
        "date_recorded": "2010/06/30 22:16:06 GMT",
        "description": "This tree is very old.",
        "device_name": "iPhone 3GS",
        "device_software": "3.1.2",
        "device_vendor": "Apple",
        "exposure_compensation": "+4/3",
        "exposure_mode": "Auto",
        "exposure_time": "1/30",
        "f_number": 5.6,
        "flash": "Off, Did not fire",
        "focal_length": "55.0 mm",
        "iso": 800,
        "latitude": 52.5374,
        "light_value": 6.9,
        "longitude": 13.4034,
        "metering_mode": "Multi-segment",
        "shutter_speed": "1/30",
        "white_balance": "Manual",
    }


def test_the_south_and_the_west_are_negative() -> None:
    meta = exif.read(exif.parse(samples.camera(-33.8568, -70.5).tobytes()))

    assert (meta["latitude"], meta["longitude"]) == (-33.8568, -70.5)


@pytest.mark.parametrize(
    ("steps", "shown"), [(0.0, 0), (1.0, "+1"), (-0.5, "-1/2"), (4 / 3, "+4/3"), (-2 / 3, "-2/3"), (0.7, "+0.7")]
)
def test_exposure_steps_are_fractions(steps: float, shown: object) -> None:
    assert noted(ExposureBiasValue=steps)["exposure_compensation"] == shown


@pytest.mark.parametrize(("seconds", "shown"), [(0.001, "1/1000"), (0.25, "1/4"), (2.5, 2.5)])
def test_short_times_are_fractions_and_long_ones_seconds(seconds: float, shown: object) -> None:
    assert noted(ExposureTime=seconds)["exposure_time"] == shown


def test_a_time_zone_is_turned_into_gmt() -> None:
    meta = noted(DateTimeOriginal="2020:01:09 01:30:00", OffsetTimeOriginal="+02:00")

    assert meta["date_recorded"] == "2020/01/08 23:30:00 GMT"


@pytest.mark.parametrize("block", [b"", b"Exif\0\0", b"II*\0\xff\xff\xff\xff", b"MM\0*" + bytes(20), bytes(500)])
def test_damaged_notes_say_nothing(block: bytes) -> None:
    assert exif.read(exif.parse(block)) == {}


def test_impossible_numbers_are_left_out() -> None:
    meta = noted(FNumber=0.0, ExposureTime=0.0, Flash=9999, MeteringMode=77, DateTimeOriginal="0000:00:00 00:00:00")

    assert meta == {}
