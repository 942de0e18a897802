"""The documents of Swedish higher education; being made."""

from __future__ import annotations

from collections.abc import Mapping

from testamur.law.contract import DocumentType

DOCUMENTS: Mapping[str, DocumentType] = {}
