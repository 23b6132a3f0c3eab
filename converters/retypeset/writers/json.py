"""Submission -> JSON and back: the JSON is the model, key for key, and its schema is generated from it."""

from __future__ import annotations

from typing import Any

import msgspec

from ..model import Submission
from ..notes import RetypesetError

_DECODER = msgspec.json.Decoder(Submission)


def write(submission: Submission) -> bytes:
    """Write a submission as JSON in UTF-8, one line, keys in the order of the model."""
    return msgspec.json.encode(submission)


def read(data: bytes | str) -> Submission:
    """Read what `write` wrote; the result is equal to what went in.

    Raises RetypesetError where `data` is not JSON or not of the published schema.
    """
    try:
        return _DECODER.decode(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise RetypesetError(f"not a submission in JSON: {error}") from error


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of what `write` writes."""
    return msgspec.json.schema(Submission)
