"""News: what the watchers of an Assembly are told, by its name on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

UPLOAD_FINISHED = "assembly_upload_finished"  # one argument: the file
UPLOADING_FINISHED = "assembly_uploading_finished"
META_DATA_EXTRACTED = "assembly_upload_meta_data_extracted"
RESULT_FINISHED = "assembly_result_finished"  # two arguments: the step's name, the file
PROGRESS = "assembly_execution_progress"  # one argument: progress_combined, progress_per_original_file
FINISHED = "assembly_finished"
ERROR = "assembly_error"  # one argument: error, message, msg, assembly_id and URLs
CANCELED = "assembly_canceled"  # never on the wire: it only ends the streams

TERMINAL = frozenset({FINISHED, ERROR, CANCELED})


@dataclass(frozen=True, slots=True)
class News:
    """One event for those who watch; `arguments` are JSON values."""

    name: str
    arguments: tuple[Any, ...] = ()
