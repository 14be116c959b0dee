"""The tools that show and convert pages and documents, as the settings want them."""

from __future__ import annotations

from robots.tools.browser.browser import Browser
from robots.tools.ghostscript import Ghostscript
from robots.tools.libreoffice import LibreOffice
from robots.tools.pandoc import Pandoc
from robots.tools.poppler import Poppler
from robots.tools.programs import Programs
from server.config import Settings


def page_tools(settings: Settings, programs: Programs) -> tuple[object, ...]:
    """For the toolbox of all jobs."""
    browser = Browser(programs, pixels=settings.max_image_pixels)
    return browser, LibreOffice(programs), Pandoc(programs), Ghostscript(programs), Poppler(programs)
