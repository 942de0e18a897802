"""Files are made by the makers of the conformance folder, which remember keys and certificates for a whole process.

So these tests live in the day of the run, as those of the folder do: what one makes in another time would fail the
other.
"""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _on_a_fixed_day() -> None:
    """Today."""
