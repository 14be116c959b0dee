"""A command without network, and its port to the proxy."""

import asyncio
import sys
from ipaddress import ip_network

import pytest
from aiohttp import web

from robots.tools import relay
from robots.tools.egress import Egress
from robots.tools.guard import Guard
from robots.tools.lookup import Lookup
from tests.web import always, site

FETCH = """
import sys, urllib.request
proxies = urllib.request.ProxyHandler({"http": "http://127.0.0.1:3128"})
print(urllib.request.build_opener(proxies).open(sys.argv[1], timeout=10).read())
sys.exit(7)
"""


@pytest.mark.case(67)
async def test_a_command_reaches_the_proxy_and_nothing_else_and_its_exit_code_is_told(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("job")
    egress = Egress(Guard([ip_network("127.0.0.1/32")]), Lookup())
    async with site(always(lambda: web.Response(body=b"hello"))) as home, egress.listen(folder) as path:
        sealed = ["bwrap", "--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "--bind", folder, "/mnt"]
        command = [sys.executable, "-I", relay.__file__, f"/mnt/{path.name}", "3128", sys.executable, "-c", FETCH, home]
        child = await asyncio.create_subprocess_exec(*map(str, [*sealed, *command]), stdout=asyncio.subprocess.PIPE)
        output, _ = await child.communicate()

    assert (output.strip(), child.returncode) == (b"b'hello'", 7)
    assert egress.traffic.connections == 1
