"""Rules of the chain of help and of learning tools, and turns that are told."""

from __future__ import annotations

import pytest

from testamur.kernel.base.refused import Refused
from testamur.schoolday.support.rules import (
    ContactInvalid,
    Level,
    NewContact,
    NewTool,
    NobodyFurther,
    TextMissing,
    TextTooLong,
    ToolInvalid,
    check_contact,
    check_text,
    check_tool,
    next_level,
)


@pytest.mark.feature("C25")
def test_a_question_goes_from_the_teacher_to_the_office_to_the_body_and_no_further() -> None:
    assert next_level([Level.TEACHER]) is Level.OFFICE
    assert next_level([Level.TEACHER, Level.OFFICE]) is Level.BODY
    with pytest.raises(NobodyFurther):
        next_level([Level.OFFICE, Level.BODY])


@pytest.mark.feature("C25")
@pytest.mark.parametrize(("text", "refused"), [("  ", TextMissing), ("x" * 4001, TextTooLong)])
def test_nothing_and_too_much_are_refused(text: str, refused: type[Refused]) -> None:
    with pytest.raises(refused):
        check_text(text)
    assert check_text("  x ") == "x"


@pytest.mark.feature("C31")
def test_a_contact_reaches_somebody() -> None:
    check_contact(NewContact("Office", phone="1"))
    for new in (NewContact("", phone="1"), NewContact("Office"), NewContact("Office", email="none")):
        with pytest.raises(ContactInvalid):
            check_contact(new)


@pytest.mark.feature("C24")
@pytest.mark.parametrize(
    ("login", "back"),
    [
        ("http://tool.example/", "https://tool.example/"), ("https://tool.example/", "https://tool.example/;x"),
        ("https://tool.example/", ""), ("javascript:1", "https://tool.example/"),
        ("https://tool.example/#x", "https://tool.example/"),
    ],
)  # fmt: skip
def test_a_tool_has_safe_addresses_alone(login: str, back: str) -> None:
    check_tool(NewTool("Quiz", "https://tool.example/", "https://tool.example/q", ("https://tool.example/back",)))
    with pytest.raises(ToolInvalid):
        check_tool(NewTool("Quiz", login, "https://tool.example/q", (back,) if back else ()))
