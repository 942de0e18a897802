"""Finished documents that would not show every reader what the signer saw."""

from __future__ import annotations

import pytest

from testamur.trust.records import foreign
from tests.trust.records.test_intake import by_hand, taken

LAYERS = b"/OCProperties<</OCGs[9 0 R]/D<</AS[<</Event/Print/Category[/Print]/OCGs[9 0 R]>>]/OFF[9 0 R]>>>>"


@pytest.mark.parametrize(
    ("catalog", "more"),
    [
        (LAYERS, b"<</Type/OCG/Name(x)>>"),
        (b"/OpenAction<</S/URI/URI(https://example.org/opened)>>", b"<<>>"),
        (b"/OpenAction<</S/SetOCGState/State[/ON 9 0 R]>>", b"<<>>"),
        (b"/Outlines<</First<</A<</S/Hide/T(x)>>>>>>", b"<<>>"),
        (b"", b"<</F(https://example.org/grades)/Length 0>>\nstream\n\nendstream"),
    ],
    ids=["layers for paper alone", "an address called on opening", "layers switched on opening", "hiding", "outside"],
)
def test_a_document_that_shows_different_things_is_refused(catalog: bytes, more: bytes) -> None:
    with pytest.raises(foreign.ActiveContent):
        taken(by_hand(more, catalog=catalog))


def test_a_document_that_opens_at_a_place_is_taken() -> None:
    assert taken(by_hand(catalog=b"/OpenAction[3 0 R/Fit]")).pdf
