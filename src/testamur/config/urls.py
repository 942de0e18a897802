"""URLs. The web arrives with its own storey; until then there are none."""

from __future__ import annotations

urlpatterns: list[object] = []
