"""RobotError and its kinds: what a client is told when a job fails."""

from typing import Any


class RobotError(Exception):
    """A job failed. `code` is one of the API's error codes, `message` a sentence that helps.

    `retry` says that the same job may succeed when it is run again: a lost connection, a killed child.
    `details` holds extra keys of the error status, such as exitCode, exitSignal and stderr.
    """

    code = "WORKER_JOB_ERROR"
    retry = False

    def __init__(self, message: str, code: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.details = details


class BadInput(RobotError):
    """The file cannot be processed as asked: damaged, empty, or not what its step needs."""

    code = "INVALID_INPUT_ERROR"


class BadParams(RobotError):
    """A parameter is wrong in a way that shows only now: the worker adds the robot's own code if none is given."""

    code = ""


class ToolFailed(RobotError):
    """A tool said no: most often because of the file or of the parameters."""

    code = "USER_COMMAND_ERROR"


class ToolTimeout(RobotError):
    """A tool took longer than it may."""

    code = "INTERNAL_COMMAND_TIMEOUT"


class ToolStalled(ToolTimeout):
    """A tool stood still; one that works on and reaches its limit of time would do so again."""

    retry = True


class ToolDied(RobotError):
    """A tool was killed or could not be started."""

    code = "INTERNAL_COMMAND_ERROR"
    retry = True


class ToolMissing(RobotError):
    """The program that a robot needs is not on this machine; `run.py doctor` says how to get it."""

    code = "INTERNAL_COMMAND_ERROR"


class Shortage(RobotError):
    """The machine has too little of something, such as room on its disk; later there may be enough."""

    code = "WORKER_JOB_ERROR"
    retry = True


class ImportFailed(RobotError):
    """A file could not be fetched."""

    code = "IMPORT_FILE_ERROR"
