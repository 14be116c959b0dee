"""Lab: TIFFs in the colours of the eye, which libvips does not read where they have 8 bits a channel."""

from __future__ import annotations

import PIL.Image
import pyvips
from PIL import ImageCms

REFUSAL = "bad labq format"


def refused(error: pyvips.Error) -> bool:
    """Whether a TIFF has such colours."""
    return REFUSAL in str(error)


def screened(picture: PIL.Image.Image) -> PIL.Image.Image:
    """The colours as screens show them; Pillow itself converts them nowhere."""
    picture.load()
    made = ImageCms.profileToProfile(
        picture, ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), outputMode="RGB"
    )
    assert made is not None
    return made
