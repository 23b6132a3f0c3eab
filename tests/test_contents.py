"""Entries of a contents page lead to the headings they name."""

from __future__ import annotations
