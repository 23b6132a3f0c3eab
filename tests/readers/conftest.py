"""What the tests of the readers share."""

from __future__ import annotations

import os
import shutil

import pytest


@pytest.fixture
def groff() -> None:
    """The typesetter; without it the test is skipped, but fails in CI."""
    if not shutil.which("groff"):
        if os.environ.get("CI"):
            pytest.fail("groff is missing: apt-get install groff-base")
        pytest.skip("groff is missing: apt-get install groff-base")
