"""The worked examples that stand outside the repository, when they are there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import PACKS


@pytest.fixture
def golden() -> list[dict[str, Any]]:
    """Worked examples: rows of case, input, expected; the test is skipped, and says so, where they are absent."""
    path = PACKS / "golden_vectors.json"
    if not path.is_file():
        pytest.skip("the worked examples are not on this machine (../shared/packs/golden_vectors.json)")
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return rows
