"""A form is told to the families that it goes to; a reminder to those whose answer is still to come."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from testamur.exchange.notifications.models import News
from testamur.exchange.notifications.rules.families import Way
from testamur.schoolday.forms import actions
from testamur.schoolday.forms.rules import Content, Draft, Kind, Question, Word
from tests.exchange.notifications.family import Families, to

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C5", "E21")]


def published(families: Families, *groups: UUID) -> UUID:
    """A form of the principal, to the groups or everybody."""
    school, by, now = families.school, families.school.actor("principal"), families.clock()
    asks = (Question("q", Kind.YES_NO, True, {"bg": "Да?"}, {}),)
    content = Content(("bg",), {"bg": "Ден в гората"}, {"bg": "Само за четене"}, asks)
    draft = Draft(school.school, content, now.date() + timedelta(days=9), groups)
    form = actions.draft_form(by=by, form=draft, now=now)
    actions.publish_form(by=by, form=form, now=now)
    return form


@pytest.mark.parametrize("whole", [True, False])
def test_a_published_form_is_told_without_its_text_and_a_reminder_to_whoever_has_not_answered(
    families: Families, *, whole: bool
) -> None:
    for name, pupil in (("guardian", 0), ("other_guardian", 0), ("far_guardian", 3)):
        families.choose(name, pupil, Way.EMAIL)
    school = families.school
    form = published(families, *(() if whole else (school.group,)))
    letters = families.tell(seconds=30)
    assert to(letters) == [("email", "far_guardian"), ("email", "guardian"), ("email", "other_guardian")]
    assert not any("Само за четене" in one.text for one in letters)
    for child, who in ((school.pupils[0], "guardian"), (school.pupils[1], "guardian")):
        actions.answer_form(
            by=school.actor(who), form=form, child=child, word=Word.ANSWERED, values={"q": True}, language="bg",
            now=families.clock(),
        )  # fmt: skip
    actions.remind_form(by=school.actor("principal"), form=form, now=families.clock())
    assert to(families.tell(seconds=30)) == [("email", "far_guardian")]
    assert News.objects.count() == 0


def test_what_was_answered_or_closed_before_it_was_told_is_not_told(families: Families) -> None:
    form = published(families, families.school.group)
    actions.close_form(by=families.school.actor("principal"), form=form, now=families.clock())
    assert families.tell(seconds=30) == []
