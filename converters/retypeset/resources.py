"""Finds the templates and styles that are shipped with the package. What is done with them is the writers' affair.

They stand at the top of a checkout, where people find them, and inside the package in a wheel.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from .notes import RetypesetError


@cache
def resource(kind: Literal["templates", "styles"], name: str) -> str:
    """Read a shipped template or style.

    `name` is the name of a file in the folder `kind`: only what the folder lists is found, so that no name leads out
    of it. Raises RetypesetError where there is none.
    """
    shipped = files(__package__) / kind
    folder = shipped if shipped.is_dir() else Path(__file__).parents[2] / kind
    if folder.is_dir():
        for file in folder.iterdir():
            if file.name == name:
                return file.read_text(encoding="utf-8")
    raise RetypesetError(f"{kind}/{name} is not among the files of this installation")
