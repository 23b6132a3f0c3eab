"""Submission -> JSON Lines: a line for each passage, its keys in the order of `retrieval.Passage`."""

from __future__ import annotations

from typing import Any

import msgspec

from ..model import Submission
from ..retrieval import PASSAGES_VERSION, Passage, passages
from .json import versioned


def write(submission: Submission) -> bytes:
    """Write the passages of a submission as JSON Lines in UTF-8: each line is an object with the same keys."""
    encoder = msgspec.json.Encoder()
    return b"".join([encoder.encode(passage) + b"\n" for passage in passages(submission)])


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a line of what `write` writes."""
    return versioned(Passage, "passage", PASSAGES_VERSION)
