"""What every test stands on: a data folder of its own, both databases, the public samples when they are there."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

os.environ.setdefault("TESTAMUR_DATA", tempfile.mkdtemp(prefix="testamur-test-"))
os.environ.setdefault("TESTAMUR_MODE", "demo")

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"
PACKS = SAMPLES.parent / "packs"


@pytest.fixture
def now() -> datetime:
    """A fixed instant."""
    return datetime(2026, 6, 10, 8, 0, tzinfo=UTC)


@pytest.fixture
def samples() -> Path:
    """The folder of public samples; the test is skipped, and says so, where it is absent."""
    if not SAMPLES.is_dir():
        pytest.skip("public samples are not on this machine (../shared/samples)")
    return SAMPLES
