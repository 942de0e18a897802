"""Tables of the roll-out."""

from __future__ import annotations
