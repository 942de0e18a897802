"""No addresses: these processes serve nothing."""

from __future__ import annotations

urlpatterns: list[object] = []
