"""What a camera noted in a photo, in the words of the API."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from PIL import ExifTags, Image

from robots.probe.text import clean, kept, moment

BASE, GPS = ExifTags.Base, ExifTags.GPS
PREFIX = b"Exif\0\0"

FLASH = {
    0x00: "No Flash",
    0x01: "Fired",
    0x05: "Fired, Return not detected",
    0x07: "Fired, Return detected",
    0x08: "On, Did not fire",
    0x09: "On, Fired",
    0x0D: "On, Return not detected",
    0x0F: "On, Return detected",
    0x10: "Off, Did not fire",
    0x14: "Off, Did not fire, Return not detected",
    0x18: "Auto, Did not fire",
    0x19: "Auto, Fired",
    0x1D: "Auto, Fired, Return not detected",
    0x1F: "Auto, Fired, Return detected",
    0x20: "No flash function",
    0x30: "Off, No flash function",
    0x41: "Fired, Red-eye reduction",
    0x45: "Fired, Red-eye reduction, Return not detected",
    0x47: "Fired, Red-eye reduction, Return detected",
    0x49: "On, Red-eye reduction",
    0x4D: "On, Red-eye reduction, Return not detected",
    0x4F: "On, Red-eye reduction, Return detected",
    0x50: "Off, Red-eye reduction",
    0x58: "Auto, Did not fire, Red-eye reduction",
    0x59: "Auto, Fired, Red-eye reduction",
    0x5D: "Auto, Fired, Red-eye reduction, Return not detected",
    0x5F: "Auto, Fired, Red-eye reduction, Return detected",
}
METERING = ("Unknown", "Average", "Center-weighted average", "Spot", "Multi-spot", "Multi-segment", "Partial")
EXPOSURE_MODES = ("Auto", "Manual", "Auto bracket")
WHITE_BALANCES = ("Auto", "Manual")


def parse(block: bytes) -> Image.Exif:
    """The tags in a block of EXIF bytes; a damaged block has none."""
    exif = Image.Exif()
    try:
        exif.load(block if block.startswith(PREFIX) else PREFIX + block)
        return complete(exif)
    except Exception:  # whatever a damaged block makes the parser raise, the image itself may be fine
        return Image.Exif()


def complete(exif: Image.Exif) -> Image.Exif:
    """Reads the parts that Pillow leaves for later, while the file is open."""
    exif.get_ifd(ExifTags.IFD.Exif)
    exif.get_ifd(ExifTags.IFD.GPSInfo)
    return exif


def read(exif: Image.Exif) -> dict[str, Any]:
    """All keys that the tags allow."""
    photo = exif.get_ifd(ExifTags.IFD.Exif)
    return kept(
        {**_words(exif), **_place(exif.get_ifd(ExifTags.IFD.GPSInfo)), **_exposure(photo), **_date(exif, photo)}
    )


def _words(exif: Image.Exif) -> dict[str, Any]:
    return {
        "device_vendor": clean(exif.get(BASE.Make)),
        "device_name": clean(exif.get(BASE.Model)),
        "device_software": clean(exif.get(BASE.Software)),
        "description": clean(exif.get(BASE.ImageDescription)),
        "author": clean(exif.get(BASE.Artist)),
        "copyright": clean(exif.get(BASE.Copyright)),
        "xp_title": _wide(exif.get(BASE.XPTitle)),
        "xp_comment": _wide(exif.get(BASE.XPComment)),
        "xp_keywords": _wide(exif.get(BASE.XPKeywords)),
        "xp_subject": _wide(exif.get(BASE.XPSubject)),
    }


def _date(exif: Image.Exif, photo: Mapping[int, Any]) -> dict[str, Any]:
    """A camera that does not tell its time zone is taken to live in GMT."""
    taken = photo.get(BASE.DateTimeOriginal) or photo.get(BASE.DateTimeDigitized) or exif.get(BASE.DateTime)
    return {"date_recorded": moment(taken, clean(photo.get(BASE.OffsetTimeOriginal)))}


def _exposure(photo: Mapping[int, Any]) -> dict[str, Any]:
    f_number, seconds = _number(photo.get(BASE.FNumber)), _number(photo.get(BASE.ExposureTime))
    aperture = f_number or _power(2, _number(photo.get(BASE.ApertureValue)), 0.5)
    shutter = seconds or _power(2, _number(photo.get(BASE.ShutterSpeedValue)), -1)
    iso = _number(_first(photo.get(BASE.ISOSpeedRatings)))
    length = _number(photo.get(BASE.FocalLength))
    return {
        "f_number": _rounded(f_number, 2),
        "aperture": _rounded(aperture, 1),
        "exposure_time": _shutter(seconds),
        "shutter_speed": _shutter(shutter),
        "exposure_compensation": _fraction(_number(photo.get(BASE.ExposureBiasValue))),
        "exposure_mode": _named(EXPOSURE_MODES, photo.get(BASE.ExposureMode)),
        "iso": int(iso) if iso else None,
        "light_value": _light(aperture, shutter, iso),
        "focal_length": f"{length:.1f} mm" if length else None,
        "flash": FLASH.get(photo.get(BASE.Flash, -1)),
        "metering_mode": _named(METERING, photo.get(BASE.MeteringMode)),
        "white_balance": _named(WHITE_BALANCES, photo.get(BASE.WhiteBalance)),
    }


def _place(gps: Mapping[int, Any]) -> dict[str, Any]:
    return {
        "latitude": _degrees(gps.get(GPS.GPSLatitude), gps.get(GPS.GPSLatitudeRef), 90),
        "longitude": _degrees(gps.get(GPS.GPSLongitude), gps.get(GPS.GPSLongitudeRef), 180),
    }


def _degrees(parts: Any, reference: Any, most: int) -> float | None:
    """Degrees, minutes and seconds as one number, negative in the south and the west."""
    numbers = [_number(part) for part in parts] if isinstance(parts, tuple | list) else []
    if len(numbers) != 3 or None in numbers:
        return None
    angle: float = sum((number or 0) / 60**power for power, number in enumerate(numbers))
    if angle > most:
        return None
    return round(-angle if str(reference)[:1].upper() in {"S", "W"} else angle, 6)


def _shutter(seconds: float | None) -> str | float | None:
    """1/30 for short times, as it stands on cameras; seconds for long ones."""
    if not seconds or seconds < 1e-6:
        return None
    return f"1/{round(1 / seconds)}" if seconds < 0.25001 else round(seconds, 1)


def _fraction(steps: float | None) -> str | int | None:
    """Exposure steps: +4/3, -1/2, +1."""
    if not steps:
        return None if steps is None else 0
    for whole in (1, 2, 3):
        if math.isclose(steps * whole, round(steps * whole), abs_tol=0.01):
            return f"{round(steps * whole):+d}" + (f"/{whole}" if whole > 1 else "")
    return f"{steps:+.3g}"


def _light(aperture: float | None, shutter: float | None, iso: float | None) -> float | None:
    """How bright the scene was: the exposure value at ISO 100."""
    if not (aperture and shutter and iso):
        return None
    return round(math.log2(aperture**2 * 100 / (shutter * iso)), 1)


def _number(value: Any) -> float | None:
    """A finite number, if it is one; rationals may have 0 below."""
    try:
        number = float(value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _power(base: float, exponent: float | None, factor: float) -> float | None:
    return base ** (exponent * factor) if exponent is not None and abs(exponent) < 64 else None


def _rounded(value: float | None, digits: int) -> float | None:
    return round(value, digits) if value and value > 0 else None


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, tuple) and value else value


def _named(names: tuple[str, ...], value: Any) -> str | None:
    return names[value] if isinstance(value, int) and 0 <= value < len(names) else None


def _wide(value: Any) -> str | None:
    """The texts that Windows adds are UTF-16."""
    raw = bytes(value) if isinstance(value, bytes | tuple) else b""
    return clean(raw.decode("utf-16-le", "replace"))
