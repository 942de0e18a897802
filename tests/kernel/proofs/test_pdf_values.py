"""The parser of PDF values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur.kernel.proofs.pdf.values import Name, PdfError, Ref, parse, parse_fields, same, text


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (b"null", None),
        (b" true", True),
        (b"%comment (not a string)\r\n42", 42),
        (b"-.5", -0.5),
        (b"+17.", 17.0),
        (b"/A#20B", Name("A B")),
        (b"/", Name("")),
        (b"12 0 R", Ref(12)),
        (b"[1 2 R]", None),
        (b"[1 2 3]", (1, 2, 3)),
        (b"[1 0 R 2]", (Ref(1), 2)),
        (b"(a(b)c)", b"a(b)c"),
        (
            rb"(\(\)\\\101\n\
x)",
            b"()\\A\nx",
        ),
        (b"(a\r\nb)", b"a\nb"),
        (b"<48 656c6C6f7>", b"Hello\x70"),
        (b"<</A[/B<</C null>>]/D(x)>>", {"A": (Name("B"), {"C": None}), "D": b"x"}),
    ],
)
def test_a_value_is_read_as_the_standard_says(written: bytes, value: object) -> None:
    if written == b"[1 2 R]":
        with_generation = parse(written)[0]
        assert with_generation == (Ref(1, 2),)
    else:
        found, end = parse(written)
        assert found == value
        assert type(found) is type(value)
        assert end == len(written)


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"]",
        b">>",
        b"(a",
        b"(a(b)",
        b"<4",
        b"<4g>",
        b"tru",
        b"truex",
        b"1.2.3",
        b"--1",
        b"<</A>>",
        b"<<1 2>>",
        b"/A#",
        b"/A#0",
        b"/A#00",
        b"% 12",
        b"<</A 1",
        b"9" * 5000,
    ],
)
def test_a_malformed_value_is_refused_with_a_typed_error(written: bytes) -> None:
    with pytest.raises(PdfError) as refused:
        parse(written)
    assert refused.value.code == "pdf.syntax"


def test_a_key_that_stands_twice_is_refused() -> None:
    with pytest.raises(PdfError, match="twice"):
        parse(b"<</A 1/#41 2>>")


@pytest.mark.parametrize("opening", [b"[", b"<</A"])
def test_deep_nesting_is_refused_before_python_gives_up(opening: bytes) -> None:
    with pytest.raises(PdfError) as refused:
        parse(opening * 100_000)
    assert refused.value.code == "pdf.depth"


def test_the_places_of_values_are_exact() -> None:
    data = b"xx<< /A 12 0 R/B[1 2] /C<AB>>>yy"
    fields = parse_fields(data, 2)
    assert {k: data[a:b] for k, (a, b) in fields.spans.items()} == {"A": b"12 0 R", "B": b"[1 2]", "C": b"<AB>"}
    assert data[fields.start : fields.end] == b"<< /A 12 0 R/B[1 2] /C<AB>>>"


def test_text_strings_are_read_in_all_their_encodings() -> None:
    assert text(b"\xfe\xff" + "Åsa Щ".encode("utf-16-be")) == "Åsa Щ"
    assert text(b"\xef\xbb\xbf" + "Åsa".encode()) == "Åsa"
    assert text(b"plain") == "plain"
    with pytest.raises(PdfError):
        text(b"\xfe\xff\xd8")
    with pytest.raises(PdfError):
        text(12)


def test_values_of_different_kinds_are_never_the_same() -> None:
    assert same({"A": (1, 2.0)}, {"A": (1.0, 2)})
    assert not same(True, 1)
    assert not same(Name("A"), b"A")
    assert not same({"A": None}, {})
    assert not same((1,), (1, 2))


@given(st.binary(max_size=300))
def test_any_bytes_give_a_value_or_a_typed_error(data: bytes) -> None:
    try:
        _, end = parse(data)
    except PdfError:
        return
    assert 0 < end <= len(data)


@given(st.text(alphabet="<>[]()/%#\\ \n0123456789.R-+truefalsn", max_size=200))
def test_almost_pdf_gives_a_value_or_a_typed_error(data: str) -> None:
    try:
        parse(data.encode())
    except PdfError:
        return
