"""A bound on what a request may send, before any of it is stored: much from the office, little from all others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from testamur.access.accounts.rules import Area
from testamur.exchange.connectors.uploads import MAX_BYTES

MARGIN = 2**20
OTHERS = 4 * 2**20
FILES = 52 * 2**20
"""Five files of a message."""
_WITH_FILES = ("/messages/", "/learning/")
"""Addresses to which people who are logged in send files."""


class Bounded(FileUploadHandler):
    """First of the upload handlers: refuses a body that is too long by its own word, and counts what comes."""

    def handle_raw_input(
        self,
        input_data: Any,  # noqa: ARG002 - Django's signature, as the others below
        META: Mapping[str, Any],  # noqa: ARG002, N803 - Django's signature
        content_length: int,
        boundary: str,  # noqa: ARG002 - Django's signature
        encoding: str | None = None,  # noqa: ARG002 - Django's signature
    ) -> None:
        """Refuse by the length that the request tells."""
        visitor = getattr(self.request, "visitor", None)
        office = visitor is not None and visitor.hat is not None and Area.OFFICE in visitor.hat.areas
        known = visitor is not None and visitor.is_known
        others = FILES if known and self.request is not None and self.request.path.startswith(_WITH_FILES) else OTHERS
        self.most = MAX_BYTES + MARGIN if office else others
        self.seen = 0
        if content_length > self.most:
            raise RequestDataTooBig("The files are too large.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002 - as above
        """Count the bytes and pass them on."""
        self.seen += len(raw_data)
        if self.seen > self.most:
            raise RequestDataTooBig("The files are too large.")
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handler keeps the file."""
