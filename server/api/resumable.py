"""What the description of the API says of resumable uploads, which know nothing of it."""

from __future__ import annotations

from server.api.told import Told
from server.model.addresses import TUS
from tus.protocol import BYTES, VERSION

PLACE = TUS.rstrip("/")
NUMBER = {"type": "string", "pattern": "^[0-9]{1,19}$"}
SPOKEN = {"Tus-Resumable": {"const": VERSION, "description": "The version of tus."}}
CHECKSUM = {"Upload-Checksum": {"type": "string", "description": "An algorithm and the base64 of its digest."}}
OFFSET = {"Upload-Offset": {**NUMBER, "description": "Where the bytes of the body begin."}}
CREATION = {
    "Upload-Length": {**NUMBER, "description": "How many bytes the upload has."},
    "Upload-Defer-Length": {"const": "1", "description": "The length is told later."},
    "Upload-Metadata": {
        "type": "string",
        "description": "Names with base64 values: assembly_url, filename, fieldname, and what else is to be kept.",
    },
    "Upload-Concat": {"type": "string", "description": "`partial`, or `final;` and the URLs of partial uploads."},
}
BODY = (
    *("ERR_INVALID_CONTENT_TYPE", "ERR_INVALID_CONTENT_ENCODING", "ERR_INVALID_CHECKSUM", "ERR_CHECKSUM_MISMATCH"),
    *("ERR_MAX_SIZE_EXCEEDED", "ERR_UPLOAD_SIZE_EXCEEDED", "ERR_MODIFY_FINAL", "ERR_INVALID_UPLOAD_LENGTH"),
    *("ERR_UPLOAD_LOCKED", "ERR_UPLOAD_INTERRUPTED", "ERR_UPLOAD_STOPPED", "ERR_UNEXPECTED_EOF", "ERR_READ_TIMEOUT"),
    *("ERR_SERVER_SHUTDOWN", "ERR_STORAGE_FULL", "ERR_INTERNAL_SERVER_ERROR", "ERR_UNSUPPORTED_VERSION"),
    *("ERR_UPLOAD_NOT_FOUND", "ERR_UPLOAD_LENGTH_AND_UPLOAD_DEFER_LENGTH", "ERR_INVALID_UPLOAD_DEFER_LENGTH"),
    "MAX_SIZE_EXCEEDED 413",
)
FOUND = (
    *("ERR_UNSUPPORTED_VERSION", "ERR_UPLOAD_NOT_FOUND", "ERR_UPLOAD_EXPIRED", "ERR_UPLOAD_LOCKED"),
    *("ERR_UPLOAD_INTERRUPTED", "ERR_INTERNAL_SERVER_ERROR", "CANNOT_ACCEPT_NEW_ASSEMBLIES"),
)
EXTENDED = (*BODY, *FOUND, "ERR_INVALID_OFFSET", "ERR_MISMATCHED_OFFSET", "ERR_UPLOAD_FINISHED")
ABILITIES = Told("Tells what this server can do with uploads.", status=204, media=())

TOLD = {
    f"OPTIONS {PLACE}": ABILITIES,
    f"OPTIONS {PLACE}/{{id}}": ABILITIES,
    f"POST {PLACE}": Told(
        "Begins an upload; its bytes may come along.",
        headers={**SPOKEN, **CREATION, **CHECKSUM},
        needs=("Tus-Resumable",),
        body=BYTES,
        status=201,
        media=(),
        codes=(
            *(*BODY, "ERR_INVALID_METADATA", "ERR_INVALID_CONCAT", "INVALID_FILE_META_DATA"),
            *("ASSEMBLY_NOT_FOUND", "MAX_NUMBER_OF_FILES_EXCEEDED", "ASSEMBLY_SATURATED"),
            "CANNOT_ACCEPT_NEW_ASSEMBLIES",
        ),
    ),
    f"HEAD {PLACE}/{{id}}": Told(
        "Tells how much of an upload has come.", headers=SPOKEN, needs=("Tus-Resumable",), media=(), codes=FOUND
    ),
    f"PATCH {PLACE}/{{id}}": Told(
        "Takes more bytes of an upload.",
        headers={**SPOKEN, **OFFSET, **CHECKSUM},
        needs=("Tus-Resumable", "Upload-Offset"),
        body=BYTES,
        status=204,
        media=(),
        codes=EXTENDED,
    ),
    f"DELETE {PLACE}/{{id}}": Told(
        "Gives up an upload.", headers=SPOKEN, needs=("Tus-Resumable",), status=204, media=(), codes=FOUND
    ),
    f"POST {PLACE}/{{id}}": Told(
        "Does what X-HTTP-Method-Override says, for clients that can send no PATCH, DELETE or HEAD.",
        headers={
            **SPOKEN,
            "X-HTTP-Method-Override": {"enum": ["PATCH", "DELETE", "HEAD"], "description": "What is meant."},
            **OFFSET,
        },
        needs=("Tus-Resumable", "X-HTTP-Method-Override"),
        body=BYTES,
        status=204,
        media=(),
        more={200: "What HEAD would have told."},
        codes=(*EXTENDED, "ERR_METHOD_NOT_ALLOWED"),
    ),
}
