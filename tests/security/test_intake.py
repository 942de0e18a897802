"""A finished document that no verifier would read through is refused at the door, not called invalid after sealing."""

from __future__ import annotations

import pytest

from testamur.kernel.proofs.pdf.reader import read
from testamur.trust.records import foreign
from tests.trust.records.test_intake import by_hand, taken

ODD = {
    "a number of hundreds of digits": b"/Piece 1" + b"0" * 400 + b".5",
}


@pytest.mark.feature("A16")
@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_what_verifiers_do_not_read_is_not_taken_in(odd: bytes) -> None:
    with pytest.raises(foreign.Broken) as refused:
        taken(by_hand(page=odd))
    assert "nobody could check" in str(refused.value)


@pytest.mark.feature("A16")
def test_what_is_taken_in_is_read_through_by_verifiers() -> None:
    made = taken(by_hand())
    assert len(list(read(made.pdf).walk(revision=1))) > 3
