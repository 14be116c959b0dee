"""What the terminal shows when the server listens: its address, the keys, and two ways to use it that can be pasted."""

from __future__ import annotations

import hashlib
import hmac
import json
import shlex
from datetime import datetime, timedelta
from pathlib import Path

from server.config import Settings
from server.keys import FILE

SAMPLE = Path(__file__).parent.parent / "static" / "sample.jpg"
STEPS = {"small": {"robot": "/image/resize", "use": ":original", "width": 320, "resize_strategy": "fit"}}

TEXT = """\
Sluice listens on {origin}

  key     {key}
  secret  {secret}

Resize a picture, from another terminal; a moment later the answer's assembly_ssl_url has the result:

  {curl}

Or let Uppy upload to it:

  uppy.use(Transloadit, {{
    service: '{origin}',
    errorReporting: false,
    waitForEncoding: true,
    assemblyOptions: {{
      params: {{
        auth: {{ key: {quoted_key} }},
        steps: {{ small: {{ robot: '/image/resize', use: ':original', width: 320, resize_strategy: 'fit' }} }},
      }},{signature}
    }},
  }})

Ctrl-C stops it.
"""
SIGNATURE = "\n      signature: await signatureFromYourServer(), // this server refuses what is not signed"


def text(settings: Settings, origin: str, now: datetime, *, first: bool) -> str:
    """The secret is shown by the first start only, which has made it: what a server prints is often kept in a log."""
    return TEXT.format(
        origin=origin,
        key=settings.auth_key,
        secret=settings.auth_secret
        if first
        else f"(not shown again: it is in {settings.data / FILE}, or in your settings)",
        curl=curl(settings, origin, now),
        quoted_key=json.dumps(settings.auth_key),
        signature=SIGNATURE if settings.require_signature else "",
    )


def curl(settings: Settings, origin: str, now: datetime) -> str:
    """A form upload; signed for a day where the server wants it signed."""
    auth = {"key": settings.auth_key}
    if settings.require_signature:
        auth["expires"] = f"{now + timedelta(days=1):%Y/%m/%d %H:%M:%S+00:00}"
    params = json.dumps({"auth": auth, "steps": STEPS}, separators=(",", ":"))
    # --form-string, for -F would end a key at its first semicolon; and so would the name of a folder.
    fields = ["--form-string", f"params={params}"]
    if settings.require_signature:
        fields += ["--form-string", f"signature={signed(str(settings.auth_secret), params)}"]
    return shlex.join(["curl", *fields, "-F", f'file=@"{SAMPLE}"', f"{origin}/assemblies"])


def signed(secret: str, params: str) -> str:
    return "sha384:" + hmac.new(secret.encode(), params.encode(), hashlib.sha384).hexdigest()
