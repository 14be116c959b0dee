"""Stands for the uploads of an Assembly."""

from robots.base.params import Params
from robots.base.robot import Robot


class UploadHandleParams(Params):
    """Only the parameters that every step has, such as `output_meta`."""


class UploadHandleRobot(Robot[UploadHandleParams]):
    """Receives the files that are uploaded; its step must be called ":original" and is there even if nobody writes it.

    It never runs as a job: an upload is the result of this step as soon as it is complete.
    """

    name = "/upload/handle"
    inputs = "none"
    example = {":original": {"robot": "/upload/handle", "output_meta": {"has_transparency": True}}}
