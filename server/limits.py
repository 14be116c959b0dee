"""Limits: what the settings allow requests and jobs, in the forms that the parts of the server take."""

from __future__ import annotations

from collections.abc import Callable

from robots.tools.turns import MORE
from server.api.access import Rates
from server.api.forms import FormLimits
from server.config import Settings
from server.engine.expiry import Lifetimes
from server.engine.quota import Quota
from server.model.account import Account

# A video job takes so much of a machine that beyond those that were set only another account has one; an Assembly
# waits for its turn.
KEPT_PLACES = {"image": MORE, "file": MORE, "network": MORE, "video": 1}


def form_limits(settings: Settings) -> FormLimits:
    return FormLimits(
        fields=settings.max_form_fields,
        files=settings.max_files_per_form,
        text=settings.max_params_size,
        file=settings.max_upload_size,
        early=settings.max_early_size,
        idle=settings.idle_timeout,
        keep_free=settings.min_free_space,
    )


def time_limits(settings: Settings) -> dict[str, float]:
    """The seconds that a job of each class of work may take."""
    return {
        "image": settings.image_time_limit,
        "video": settings.video_time_limit,
        "file": settings.file_time_limit,
        "network": settings.network_time_limit,
    }


def places(settings: Settings) -> dict[str, int]:
    """How many jobs of one Assembly may run at the same time, by their class of work."""
    return {
        "image": 2 * settings.image_children,  # while one job's result is stored, another has its child
        "file": settings.file_jobs,
        "network": settings.network_jobs,
        "video": settings.video_jobs,
    }


def lanes(settings: Settings) -> dict[str, int]:
    """How many jobs of each class of work run at the same time, those in the places for who has none among them."""
    return {work: count + KEPT_PLACES[work] for work, count in places(settings).items()}


def lifetimes(settings: Settings) -> Lifetimes:
    return Lifetimes(settings.upload_window, settings.run_window, settings.result_lifetime, settings.record_lifetime)


def rates(settings: Settings) -> Rates:
    return Rates(settings.max_creations, settings.max_status_reads, settings.max_tokens, settings.max_failed_logins)


def quota_of(settings: Settings, account: Callable[[str], Account]) -> Quota:
    return Quota(
        settings.max_assembly_files,
        settings.max_assembly_size,
        settings.max_assembly_jobs,
        settings.max_running,
        account,
    )
