"""Submission -> JSON and back: the JSON is the model, key for key, and its schema is generated from it."""

from __future__ import annotations

from typing import Any

import msgspec

from ..model import SCHEMA_VERSION, Submission
from ..notes import RetypesetError

_DECODER = msgspec.json.Decoder(Submission)


def write(submission: Submission) -> bytes:
    """Write a submission as JSON in UTF-8, one line, keys in the order of the model."""
    return msgspec.json.encode(submission)


def read(data: bytes | str) -> Submission:
    """Read what `write` wrote; the result is equal to what went in.

    Raises RetypesetError where `data` is not JSON, not of the published schema, or of another version of it.
    """
    try:
        submission = _DECODER.decode(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise RetypesetError(f"not a submission in JSON: {error}") from error
    if submission.schema != SCHEMA_VERSION:
        raise RetypesetError(f"a submission of schema {submission.schema!r}: this version reads {SCHEMA_VERSION!r}")
    return submission


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of what `write` writes."""
    return versioned(Submission, "submission", SCHEMA_VERSION)


def versioned(node: type[msgspec.Struct], name: str, version: str) -> dict[str, Any]:
    """The JSON Schema of a node, with an id that names its version."""
    made = msgspec.json.schema(node)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:retypeset:{name}:{version}",
        "title": f"A {name} of Retypeset, version {version}",
        **made,
    }
