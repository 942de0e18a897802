"""Every package that holds something of a person has a section, and each can be asked of anybody."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.refused import NotAllowed
from testamur.schoolday.keeping.extract.sections import parts
from testamur.schoolday.keeping.rules import HELD, Omitted
from tests.schoolday.diary.school import NOW, School

pytestmark = [pytest.mark.django_db(databases=["default", "log"]), pytest.mark.feature("C18")]
NAMES = [name for names in settings.HELD.values() for name in names]


def test_every_topic_has_a_section_and_none_is_missing(bulgarian: School) -> None:
    assert set(settings.HELD) == {one.topic.value for one in HELD}
    grants = (Grant("extract", "/", ("*",), wards=frozenset({bulgarian.pupils[0]})),)
    by = Actor(bulgarian.persons["guardian"], "simulated", grants)
    found = list(parts(by=by, person=bulgarian.pupils[0], now=NOW))
    assert [one.held.topic for one in found if Omitted.NOT_BUILT in one.omitted] == []


def test_a_section_is_for_whoever_may_see_the_extract_alone(bulgarian: School) -> None:
    for who in ("principal", "teacher", "far_guardian"):
        by = bulgarian.actor(who)
        for name in NAMES:
            with pytest.raises(NotAllowed):
                list(import_string(name)(by=by, person=bulgarian.pupils[0], now=NOW))
