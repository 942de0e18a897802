"""Canonical JSON: the fast way and the library's way write the same bytes, and both refuse the same values."""

from __future__ import annotations

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from testamur.kernel.proofs.jcs import canonical, parse_canonical

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=5),
    max_leaves=20,
)


def either(write: object, value: object) -> bytes | str:
    try:
        return write(value)  # type: ignore[operator, no-any-return]
    except (ValueError, UnicodeError):
        return "refused"


@given(values)
def test_it_writes_what_the_reference_implementation_writes(value: object) -> None:
    assert either(canonical, value) == either(rfc8785.dumps, value)


def test_it_orders_names_and_escapes_as_rfc_8785_says() -> None:
    assert (
        canonical({"b": [1, None, True], "a": '\u20ac\n\u001f"\\'})
        == b'{"a":"\xe2\x82\xac\\n\\u001f\\"\\\\","b":[1,null,true]}'
    )


@pytest.mark.parametrize("data", [b'{"a": 1}', b'{"b":1,"a":2}', b'{"a":1.0}', b"{", b'{"a":1}\n'])
def test_what_is_not_canonical_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_canonical(data)


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(ValueError, match=r".*"):
        canonical({"a": "\ud800"})
