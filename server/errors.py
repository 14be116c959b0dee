"""Every error code that a client of the API can see: one line each."""

from __future__ import annotations

import re
from typing import Any

# code: (HTTP status, sentence)
CODES: dict[str, tuple[int, str]] = {
    # the server
    "CANNOT_ACCEPT_NEW_ASSEMBLIES": (503, "This server is too busy for new Assemblies; try again in a moment."),
    "RATE_LIMIT_REACHED": (429, "Too many requests; try again after the time that info.retryIn says."),
    "REQUEST_PREMATURE_CLOSED": (400, "The connection was closed before the whole request had arrived."),
    "SERVER_401": (401, "The request does not say who sends it."),
    "SERVER_403": (403, "This is not allowed here."),
    "SERVER_404": (404, "Unknown method or URL."),
    "SERVER_500": (500, "Something went wrong on this server; its log says what."),
    # the form and its params
    "INVALID_FILE_META_DATA": (400, "The metadata of this upload cannot be read."),
    "INVALID_FORM_DATA": (400, "The body is not a form that this server can read."),
    "INVALID_PARAMS_FIELD": (400, "The params are not valid JSON."),
    "INVALID_URL_ENCODING": (400, "The URL is not encoded as it should be."),
    "NO_OBJECT_PARAMS_FIELD": (400, "The params must be a JSON object."),
    "NO_PARAMS_FIELD": (400, "The request has no params; send them as a form field or in the query."),
    # who asks
    "AUTH_EXPIRED": (400, "The request has expired: auth.expires lies in the past. Is the clock of the sender right?"),
    "AUTH_KEY_NOT_CREATED": (400, "The auth key could not be created."),
    "AUTH_KEY_NOT_DELETED": (400, "The auth key could not be deleted."),
    "AUTH_KEY_NOT_UPDATED": (400, "The auth key could not be updated."),
    "AUTH_SECRET_NOT_RETRIEVED": (400, "The secret of this auth key could not be read."),
    "BEARER_TOKEN_AUTH_KEY_MISMATCH": (400, "The bearer token belongs to another auth.key."),
    "BEARER_TOKEN_EXPIRED": (401, "The bearer token has expired; ask for a new one."),
    "BEARER_TOKEN_INVALID": (401, "This server does not know the bearer token."),
    "GET_ACCOUNT_DB_ERROR": (400, "The account of this auth.key could not be read."),
    "GET_ACCOUNT_UNKNOWN_AUTH_KEY": (400, "There is no account with this auth.key."),
    "INSUFFICIENT_AUTH_SCOPE": (403, "The bearer token does not have the scope that this request needs."),
    "INVALID_AUTH_EXPIRES_PARAMETER": (400, "auth.expires is not a date such as 2030/01/31 16:53:14+00:00."),
    "INVALID_AUTH_KEY_PARAMETER": (400, "auth.key must be a text."),
    "INVALID_AUTH_MAX_NUMBER_OF_FILES_PARAMETER": (400, "auth.max_number_of_files must be a whole number from 1."),
    "INVALID_AUTH_MAX_SIZE_PARAMETER": (400, "auth.max_size must be a number of bytes."),
    "INVALID_AUTH_REFERER_PARAMETER": (400, "auth.referer is not a regular expression."),
    "INVALID_SIGNATURE": (400, "The signature does not match the params as they were sent, or its algorithm is wrong."),
    "NO_AUTH_EXPIRES_PARAMETER": (400, "A signed request needs auth.expires."),
    "NO_AUTH_KEY_PARAMETER": (400, "The params have no auth.key."),
    "NO_AUTH_PARAMETER": (400, "The params have no auth."),
    "NO_OBJECT_AUTH_PARAMETER": (400, "auth must be an object with a key."),
    "NO_SIGNATURE_FIELD": (400, "This request must be signed, and it has no signature."),
    "REFERER_MISMATCH": (400, "The Referer of this request is not one that auth.referer allows."),
    "SIGNATURE_REUSE_DETECTED": (400, "A request with this signature was made before; use a new auth.nonce."),
    "TOKEN_INVALID_AUDIENCE": (403, "There are tokens for the audiences mcp and api2 only."),
    "TOKEN_INVALID_CREDENTIALS": (401, "The key and secret do not belong together."),
    "TOKEN_INVALID_GRANT_TYPE": (400, "The grant_type must be client_credentials."),
    "TOKEN_INVALID_REQUEST": (400, "The body is not a form with a grant_type."),
    "TOKEN_INVALID_SCOPE": (403, "The auth key does not have this scope."),
    # Templates and Template Credentials
    "NO_TEMPLATE_ID": (400, "This account allows only Assemblies that are made from a Template; send template_id."),
    "TEMPLATE_CREDENTIALS_INJECTION_ERROR": (400, "A step names Template Credentials that do not exist."),
    "TEMPLATE_CREDENTIALS_NOT_CREATED": (400, "The Template Credentials could not be created."),
    "TEMPLATE_CREDENTIALS_NOT_DELETED": (400, "The Template Credentials could not be deleted."),
    "TEMPLATE_CREDENTIALS_NOT_FOUND": (400, "The Template Credentials could not be listed."),
    "TEMPLATE_CREDENTIALS_NOT_READ": (400, "The Template Credentials do not exist, or cannot be read."),
    "TEMPLATE_CREDENTIALS_NOT_UPDATED": (400, "The Template Credentials could not be updated."),
    "TEMPLATE_DB_ERROR": (500, "The Template could not be read or saved."),
    "TEMPLATE_DENIES_STEPS_OVERRIDE": (400, "This Template does not allow a request to bring steps of its own."),
    "TEMPLATE_INVALID_JSON": (400, "The content of this Template is not valid JSON."),
    "TEMPLATE_LIST_ERROR": (400, "The Templates could not be listed."),
    "TEMPLATE_NOT_FOUND": (404, "The Template does not exist."),
    "TEMPLATE_VALIDATION_ERROR": (400, "The Template is not valid."),
    # Assembly Instructions
    "ASSEMBLY_DISALLOWED_ROBOTS_USED": (400, "A step uses a robot that is not allowed on this server."),
    "ASSEMBLY_EMPTY_STEPS": (400, "The Assembly Instructions have no steps: `steps` is empty."),
    "ASSEMBLY_INFINITE": (400, "The steps run in a circle: a step may not use its own results."),
    "ASSEMBLY_INVALID_NOTIFY_URL": (400, "notify_url must be a URL that begins with http:// or https://."),
    "ASSEMBLY_INVALID_NUM_EXPECTED_UPLOAD_FILES_PARAM": (400, "The number of expected uploads must be 0 or more."),
    "ASSEMBLY_INVALID_STEPS": (400, "`steps` must be an object that maps names to steps."),
    "ASSEMBLY_NO_STEPS": (400, "The Assembly Instructions have no `steps`, and no Template brings any."),
    "ASSEMBLY_STEP_INVALID": (400, "A step must be an object with a `robot`."),
    "ASSEMBLY_STEP_INVALID_ROBOT": (400, "`robot` must be a text such as /image/resize."),
    "ASSEMBLY_STEP_INVALID_USE": (400, "`use` must be the name of a step, a list, or an object with `steps`."),
    "ASSEMBLY_STEP_NO_ROBOT": (400, "A step has no `robot`."),
    "ASSEMBLY_STEP_UNKNOWN_ROBOT": (400, "A step names a robot that this server does not have."),
    "ASSEMBLY_STEP_UNKNOWN_USE": (400, "A step uses a step that does not exist."),
    "INVALID_STEP_NAME": (400, "Only a step with the robot /upload/handle may be called :original."),
    "INVALID_UPLOAD_HANDLE_STEP_NAME": (400, "A step with the robot /upload/handle must be called :original."),
    # Assemblies
    "ASSEMBLY_FILE_NOT_RESERVED": (400, "No place was reserved for this file."),
    "ASSEMBLY_LIST_ERROR": (400, "The Assemblies could not be listed."),
    "ASSEMBLY_NOT_CAPABLE": (400, "This server is not able to run such an Assembly."),
    "ASSEMBLY_NOT_FINISHED": (400, "The Assembly is still running; wait until it has finished."),
    "ASSEMBLY_NOT_FOUND": (404, "The Assembly you requested does not exist."),
    "ASSEMBLY_STATUS_FETCHING_RATE_LIMIT_REACHED": (429, "The status of this Assembly is asked for too often."),
    "DO_NOT_REUSE_ASSEMBLY_IDS": (400, "There is an Assembly with this id already."),
    "FILE_DOWNLOAD_ERROR": (400, "A file could not be downloaded."),
    # replays and notifications
    "ASSEMBLY_CANNOT_BE_REPLAYED": (400, "The Assembly cannot be replayed: its input files are gone."),
    "ASSEMBLY_NOTIFICATION_NOT_REPLAYED": (400, "The notification could not be sent again."),
    "ASSEMBLY_NOT_REPLAYED": (400, "The Assembly could not be replayed."),
    "ASSEMBLY_NO_NOTIFY_URL": (400, "The Assembly has no notify_url."),
    # bills and statistics
    "ASSEMBLY_STATS_INVALID_TIME": (400, "`since` is not a date such as 2030-01-31 16:53:14."),
    "ASSEMBLY_STATS_MISSING_REGION": (400, "Statistics are made for one `region`; the status of an Assembly tells it."),
    "BILL_NOT_FOUND": (200, "Nothing was used in this month."),
    "PRIORITY_JOB_SLOT_STATS_INVALID_AGGREGATION": (400, "`aggregation` must be avg or max."),
    "PRIORITY_JOB_SLOT_STATS_INVALID_TIME": (400, "`since` is not a date such as 2030-01-31 16:53:14."),
    "PRIORITY_JOB_SLOT_STATS_MISSING_REGION": (400, "Statistics are made for one `region`."),
    # an Assembly that fails as a whole
    "ASSEMBLY_CRASHED": (
        500,
        "The server stopped while it worked on this Assembly, which could not be taken up again.",
    ),
    "ASSEMBLY_EXPIRED": (400, "The Assembly expired."),
    "ASSEMBLY_SATURATED": (400, "The Assembly has more jobs than one Assembly may have."),
    "MAX_NUMBER_OF_FILES_EXCEEDED": (400, "There are more files than auth.max_number_of_files allows."),
    "MAX_SIZE_EXCEEDED": (400, "A file is larger than auth.max_size allows."),
    # a job that fails
    "FILE_META_DATA_ERROR": (400, "The metadata of a file could not be read."),
    "IMPORT_FILE_ERROR": (400, "A file could not be imported."),
    "INTERNAL_COMMAND_ERROR": (400, "A program that worked on a file ended unexpectedly."),
    "INTERNAL_COMMAND_TIMEOUT": (400, "Working on a file took longer than it may."),
    "INVALID_INPUT_ERROR": (400, "A file cannot be processed: it is damaged, empty, or not what the step needs."),
    "NO_RESULT_STEP_FOUND": (400, "There is no step whose result could be served."),
    "USER_COMMAND_ERROR": (400, "A program refused a file or the parameters of the step."),
    "WORKER_JOB_ERROR": (400, "A job failed."),
    # a job that fails in its own way
    "FILE_FILTER_INVALID_OPERATOR": (400, "A filter uses an operator that does not exist."),
    "IMAGE_RESIZE_INVALID_BLUR_REGION": (400, "A blur region does not lie in the image."),
    "IMAGE_RESIZE_INVALID_TEXT_VALUE": (400, "`text` must be a list of objects."),
    "IMAGE_RESIZE_NO_CLUT_FILE": (400, "There is no file with the colour table."),
    "VIDEO_ENCODE_INVALID_VIDEO_CODEC": (400, "The video codec does not exist or does not fit the format."),
    "VIDEO_ENCODE_INVALID_WATERMARK_POSITION": (400, "The position of the watermark is wrong."),
    "VIDEO_MERGE_NO_IMAGE_FOUND": (400, "There is no image to merge."),
}

# Codes of the API that this server never sends, and why.
RESERVED: dict[str, str] = {
    "ADMIN_PERMISSIONS_REQUIRED": "Accounts are looked after on the command line of the server.",
    "ASSEMBLY_ACCOUNT_MISMATCH": "An Assembly of another account is not there at all: ASSEMBLY_NOT_FOUND.",
    "ASSEMBLY_COULD_NOT_BE_CREATED": "What cannot be saved now is CANNOT_ACCEPT_NEW_ASSEMBLIES, which says what to do.",
    "ASSEMBLY_EXECUTION_PROGRESS_NOT_ENABLED": "Progress is told with the other news, and there is no request for it.",
    "ASSEMBLY_INSTANCE_NOT_FOUND": "No instance owns an Assembly, so none can be missing.",
    "ASSEMBLY_JOB_ENQUEUE_ERROR": "A job is saved together with its Assembly; the queue only carries it.",
    "ASSEMBLY_MEMORY_LIMIT_EXCEEDED": "What an Assembly may come to is bounded: ASSEMBLY_SATURATED.",
    "ASSEMBLY_NO_CHARGEABLE_STEP": "Nothing costs anything.",
    "ASSEMBLY_NOTIFICATIONS_LIST_ERROR": "The list of one Assembly has nothing to ask for.",
    "ASSEMBLY_NOTIFICATION_LIST_ERROR": "The old list of all Notifications is always empty.",
    "ASSEMBLY_NOTIFICATION_NOT_PERSISTED": "A Notification is saved with the end of its Assembly, or neither is.",
    "ASSEMBLY_PLAN_FILE_SIZE_LIMIT_EXCEEDED": "There are no plans: MAX_SIZE_EXCEEDED.",
    "ASSEMBLY_ROBOT_MISSING": "ASSEMBLY_STEP_NO_ROBOT tells the step, too.",
    "ASSEMBLY_STATUS_NOT_FOUND": "An Assembly has a status for as long as it is there: ASSEMBLY_NOT_FOUND.",
    "ASSEMBLY_STATUS_PARSE_ERROR": "A status is not kept but made anew for each reader.",
    "ASSEMBLY_URL_TRANSFORM_MISSING": "Only /file/serve makes an address: NO_RESULT_STEP_FOUND.",
    "AUTH_KEYS_NOT_FOUND": "The list of the keys has nothing to ask for.",
    "AUTH_KEY_SCOPES_NOT_FOUND": "The scopes are part of the server.",
    "BAD_PRICING": "Nothing costs anything.",
    "BILL_LIMIT_EXCEEDED": "Nothing costs anything.",
    "CANNOT_FETCH_ACTIVE_ASSEMBLIES": "There is no such request; GET /assemblies lists them.",
    "CDN_REQUIRED": "A content network may stand before this server, but need not.",
    "FILE_VERIFY_INVALID_FILE": "There is no /file/verify yet.",
    "IMAGE_RESIZE_INVALID_TEXT_OBJECT_VALUE": "IMAGE_RESIZE_VALIDATION tells the parameter, before anything runs.",
    "IMAGE_RESIZE_INVALID_WATERMARK_OFFSET": "IMAGE_RESIZE_VALIDATION tells the parameter, before anything runs.",
    "IMAGE_RESIZE_INVALID_WATERMARK_POSITION": "IMAGE_RESIZE_VALIDATION tells the parameter, before anything runs.",
    "INCOMPLETE_PRICING": "Nothing costs anything.",
    "INVALID_ASSEMBLY_STATUS": "A status is not kept but made anew for each reader.",
    "INVALID_TEMPLATE_FIELD": "TEMPLATE_VALIDATION_ERROR tells the field.",
    "NO_COUNTRY": "Nothing costs anything.",
    "NO_PRICING": "Nothing costs anything.",
    "NO_RPC_RESULT_FROM_IMAGE_RESIZER": "Images are resized here; a child that dies is INTERNAL_COMMAND_ERROR.",
    "PLAN_LIMIT_EXCEEDED": "There are no plans; what an account may do is RATE_LIMIT_REACHED.",
    "POSSIBLY_MALICIOUS_FILE_FOUND": "What a file holds is judged by /file/virusscan, which has codes of its own.",
    "ROBOT_VALIDATION_BASE_ERROR": "Each robot has a code of its own, such as IMAGE_RESIZE_VALIDATION.",
    "S3_ACCESS_DENIED": "S3_IMPORT_ACCESS_DENIED and S3_STORE_ACCESS_DENIED tell which side it was.",
    "S3_NOT_FOUND": "S3_IMPORT_NOT_FOUND tells it.",
    "SLOT_COUNT_MISSING_PARAMS": "The slots are told all at once: GET /queues/job_slots.",
    "TMP_FILE_DOWNLOAD_ERROR": "Files do not travel between machines.",
    "VERIFIED_EMAIL_REQUIRED": "Accounts have no addresses.",
    "VIDEO_THUMBS_INVALID_COUNT_VALUE": "VIDEO_THUMBS_VALIDATION tells the parameter, before anything runs.",
}

# Codes that are made from a robot's name: IMAGE_RESIZE_VALIDATION, S3_IMPORT_ACCESS_DENIED.
OF_ROBOTS: dict[str, str] = {
    "ACCESS_DENIED": "The storage does not let us in; are the credentials and their rights correct?",
    "COULD_NOT_PARSE_URL": "The storage answered with a URL that cannot be read.",
    "DECLINED_FILE": "The file was declined.",
    "ERROR": "The robot failed.",
    "FAILURE": "The robot failed.",
    "INVALID_FORMAT": "The robot cannot write this format.",
    "INVALID_INPUT": "The robot cannot work on this file.",
    "NOT_FOUND": "The file or folder does not exist.",
    "NO_INPUT_FILE": "The robot got no file to work on.",
    "NO_OUTPUT": "The robot made no file.",
    "NO_RESULT": "The robot made no result.",
    "PASSWORD_INCORRECT": "The password is wrong.",
    "PASSWORD_REQUIRED": "The file needs a password.",
    "PROBLEM_SENDING_FILE": "The file could not be sent.",
    "UNSUPPORTED_CONVERSION": "The robot cannot convert between these formats.",
    "UNSUPPORTED_INPUT": "The robot cannot work on this kind of file.",
    "URL_VERIFICATION_FAILURE": "The stored file cannot be reached at its URL.",
    "VALIDATION": "A parameter of this robot is wrong.",
    "VALIDATION_ERROR": "A parameter of this robot is wrong.",
    "WRONG_REGION": "The bucket lies in another region.",
}
OF_ROBOT = re.compile(rf"(?:[A-Z0-9]+_)+?(?P<kind>{'|'.join(OF_ROBOTS)})")


class ApiError(Exception):
    """A request is refused. `extra` holds more keys of the error body, such as reason and assembly_id."""

    def __init__(self, code: str, reason: str | None = None, **extra: Any) -> None:
        super().__init__(reason or code)
        self.code = code
        self.status, self.message = known(code)
        self.reason = reason
        self.extra = extra

    def body(self) -> dict[str, Any]:
        """The error envelope of the API."""
        told = {"reason": self.reason} if self.reason else {}
        return {
            "error": self.code,
            "http_code": self.status,
            "message": self.reason or self.message,
            **told,
            **self.extra,
        }


def known(code: str) -> tuple[int, str]:
    """The HTTP status and the sentence of a code; KeyError for a code that no client knows."""
    if code in CODES:
        return CODES[code]
    made = OF_ROBOT.fullmatch(code)
    if made is None:
        raise KeyError(code)
    return 400, OF_ROBOTS[made["kind"]]
