"""What other systems send is bounded: in bytes, in waiting, in shape."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from testamur.kernel.base.answers import asked_to_wait, bounded, json_object
from testamur.kernel.base.refused import Refused


def test_a_body_without_end_is_refused_at_the_first_piece_too_many() -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield b"x" * 10

    with pytest.raises(Refused):
        bounded(endless(), 25, Refused("too much"))
    assert taken == 3
    assert bounded([b"ab", b"c"], 3, Refused("too much")) == b"abc"


@pytest.mark.parametrize(
    ("told", "seconds"),
    [("", 0.5), ("12", 12.0), ("999999", 60.0), ("9" * 400, 60.0), ("-3", 0.5), ("٣", 0.5), ("Mon, 1 Jan", 0.5)],
)
def test_a_wait_is_a_number_of_seconds_and_never_longer_than_we_have(told: str, seconds: float) -> None:
    assert asked_to_wait(told, 60.0, otherwise=0.5) == seconds


@pytest.mark.parametrize("data", [b"", b"no", b"[1]", b"[" * 100_000, b"\xff"])
def test_what_is_no_json_object_says_nothing(data: bytes) -> None:
    assert json_object(data) == {}
    assert json_object(b'{"code": "x"}') == {"code": "x"}
