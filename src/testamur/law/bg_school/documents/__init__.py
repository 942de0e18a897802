"""The documents of Bulgarian school."""

from __future__ import annotations

from collections.abc import Mapping

from testamur.law.contract import DocumentType

DOCUMENTS: Mapping[str, DocumentType] = {}
