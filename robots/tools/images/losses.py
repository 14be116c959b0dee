"""Losses: sentences on what a picture lost, of which some recommend a parameter that one robot alone has."""

from __future__ import annotations


def plain(sentence: str) -> str:
    """The same without what it recommends after its `;`."""
    return sentence.partition(";")[0].rstrip(".") + "."
