"""The library that speaks S3. It is slow to import, and to make a client: both are for a thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Any, Self

import aioboto3
import aiohttp
from aiobotocore.awsrequest import AioAWSResponse
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from aiohttp import ClientResponse, ClientSession
from botocore.auth import AUTH_TYPE_MAPS, SIGV4_TIMESTAMP, S3SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES, ConfigValueStore, ConstantProvider
from botocore.exceptions import BotoCoreError, ClientError
from botocore.loaders import Loader
from yarl import URL

from robots.tools.keys import spelled
from robots.tools.s3.complaints import Complaint, complaint
from robots.tools.s3.place import Place
from robots.tools.s3.sending import Sending

CLIENTS = 32  # that are kept
# A page of a list of long names, each with all that is told of a file; the loop stands still while it is read.
LONGEST_ANSWER = 384 << 10
MOST_TAGS = 4000
# What the library raises where an answer is not as it should be, for it trusts its own storage.
UNREADABLE = (BotoCoreError, ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
# Not every storage answers the first, and the second would tell it about this machine.
UNSENT = ("expect", "user-agent")

alone = threading.Lock()  # the library does not make two clients at a time
line: ContextVar[ClientSession] = ContextVar("line")  # of the job that asks: a client serves many


class Client:
    """Asks for one bucket. `session` carries the requests."""

    def __init__(self, place: Place, session: ClientSession) -> None:
        self._bucket = place.bucket
        self._session = session
        with alone:
            self._made = _made(place)

    async def ask(self, act: str, operation: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """One request, sent once; a Complaint if the storage says no. `act` begins its sentence.

        Beside the parameters of the operation there may be Headers, which are signed with it, and the seconds that
        its clock is Ahead.
        """
        line.set(self._session)
        try:
            told: dict[str, Any] = await getattr(self._made, operation)(Bucket=self._bucket, **asked)
        except ClientError as error:
            raise complaint(act, error.response) from error
        except aiohttp.ClientError:
            raise
        except UNREADABLE as error:
            raise Complaint(act, 200, "InvalidResponse") from error
        return told

    async def signed_url(self, key: str, seconds: int) -> str:
        """A URL at which anybody can read for so many seconds."""
        asked = {"Bucket": self._bucket, "Key": spelled(key)}
        url: str = await self._made.generate_presigned_url("get_object", asked, seconds)
        return url


class Wire:
    """Carries the library's requests over a session of ours: guarded, without redirects, with answers of a bound."""

    def __init__(self, **_: object) -> None:
        """What the library says of proxies, certificates and time is for another than this."""

    async def __aenter__(self) -> Self:
        return self

    async def send(self, request: AWSPreparedRequest) -> AioAWSResponse:
        body = request.body
        response = await line.get().request(
            request.method,
            URL(request.url, encoded=True),
            headers={name: _text(value) for name, value in request.headers.items() if name.lower() not in UNSENT},
            data=body.pieces() if isinstance(body, Sending) else body,
            allow_redirects=False,
        )
        headers = {name.lower(): value for name, value in response.headers.items()}
        answer = AioAWSResponse(str(response.url), response.status, headers, response)
        if response.status >= 300 or not request.stream_output:
            async with response:
                answer._content = await _words(response)
        return answer


class Deaf(AioSession):  # type: ignore[misc]
    """Hears neither the environment nor the files of this machine."""

    def __init__(self) -> None:
        super().__init__()
        known = {name: ConstantProvider(spec[2]) for name, spec in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()}
        self.register_component("config_store", ConfigValueStore(known))
        self.register_component("data_loader", Models([Loader.BUILTIN_DATA_PATH], include_default_search_paths=False))
        # Nobody asks for a date, and to read one takes as long as all else that is told of a file.
        self.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=str)

    @property
    def full_config(self) -> dict[str, Any]:
        return {"profiles": {}}


class Models(Loader):  # type: ignore[misc]
    """What the library knows of S3."""

    def load_data(self, name: str) -> Any:
        # Each place has an endpoint of its own, and the map of Amazon's holds the loop while it is read.
        return {"version": 3, "partitions": []} if name == "endpoints" else super().load_data(name)


class Signer(S3SigV4Auth):  # type: ignore[misc]
    """Signs with the clock of the storage, where that is another than ours."""

    def _modify_request_before_signing(self, request: AWSRequest) -> None:
        at = datetime.now(UTC) + timedelta(seconds=request.context.get("ahead", 0))
        request.context["timestamp"] = at.strftime(SIGV4_TIMESTAMP)
        super()._modify_request_before_signing(request)


@lru_cache(CLIENTS)
def _made(place: Place) -> Any:
    """The library's own client, which takes a moment to make; kept, for the next file often goes the same way."""
    config = AioConfig(
        http_session_cls=Wire,
        parameter_validation=False,  # it knows no bodies like ours
        request_checksum_calculation="when_required",  # others than Amazon do not know the new ones
        response_checksum_validation="when_required",
        retries={"total_max_attempts": 1, "mode": "standard"},
        s3={"addressing_style": "virtual" if place.in_host else "path", "payload_signing_enabled": False},
        signature_version="s3v4",
    )
    client = _session().client(
        "s3",
        place.region,
        endpoint_url=place.endpoint,
        aws_access_key_id=place.key,
        aws_secret_access_key=place.secret,
        aws_session_token=place.token,
        config=config,
    )
    return asyncio.run(client.__aenter__())


@cache
def _session() -> aioboto3.Session:
    AUTH_TYPE_MAPS["s3v4"] = Signer
    session = Deaf()
    session.register("before-parameter-build.s3", _set_aside)
    session.register("before-call.s3", _put_back)
    return aioboto3.Session(botocore_session=session)


def _set_aside(params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
    context["headers"], context["ahead"] = params.pop("Headers", {}), params.pop("Ahead", 0)


def _put_back(params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
    params["headers"].update(context["headers"])
    context["s3_redirect"]["redirected"] = True  # where the bucket is, the one who asks learns by itself


async def _words(response: ClientResponse) -> bytes:
    """The body, if it is no longer than what a storage has to say."""
    kept, tags = bytearray(), 0
    async for piece in response.content.iter_any():
        kept += piece
        tags += piece.count(b"<")
        if len(kept) > LONGEST_ANSWER or tags > MOST_TAGS:
            raise Complaint("The answer is too long", response.status, "EntityTooLarge")
    # A storage declares no entities, of which a few can stand for gigabytes, in no alphabet either.
    return b"" if b"<!DOCTYPE" in kept or b"\0" in kept else bytes(kept)


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
