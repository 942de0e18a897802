"""Calls as a carrier makes them: who gets in, what is read out to whom, and in which language."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from testamur.exchange.notifications import actions as notices
from testamur.exchange.notifications.models import Registration
from testamur.exchange.notifications.rules.families import Settings, Way
from testamur.kernel.base.actor import operator
from testamur.kernel.delivery.channels.twilio import signature
from testamur.kernel.journal.models import Entry
from testamur.register.people import actions as people
from testamur.register.people.models import Guardianship
from testamur.register.people.rules import NewGuardianship, Relation
from testamur.schoolday.diary.models import Visit
from testamur.schoolday.diary.rules.states import Part
from testamur.schoolday.noticeboard import actions as board
from testamur.schoolday.noticeboard.rules import EventKind, NewEvent
from testamur.surfaces.cli import phone as cli
from testamur.surfaces.phone.speech import OWN, TEXTS, text
from tests.gateways.caller import TOKEN, Caller
from tests.schoolday.diary import pages
from tests.schoolday.diary.school import BEGINS, NOW, TODAY, School, build
from tests.surfaces.phone.conftest import NUMBER, PIN, keys_of, known, opted

pytestmark = pytest.mark.django_db
Dial = Callable[..., Caller]
STRANGE = "+359888999000"


@pytest.mark.feature("E24")
def test_known_number_and_pin_open_the_diary_of_a_chosen_child(school: School, call: Dial) -> None:
    one, two = school.pupils[:2]
    opted(school, one, Part.MARKS)
    pages.mark(pages.column(school), one, "6")
    pages.mark(pages.column(school), two, "3")
    heard = call().press(f"{PIN}#")
    assert "Ученик0" in heard.text
    assert "Ученик1" in heard.text
    marks = heard.press("2").press("2")
    assert "Математика: 6, отличен." in marks.text
    assert "Ученик1" not in marks.text, "one child was chosen"
    assert {"bg-BG", "en-GB"} <= marks.languages, "the school's words are said in its language"
    assert Visit.objects.filter(person=school.persons["guardian"], pupil=one, part="marks").exists()


@pytest.mark.feature("E24")
def test_only_numbers_are_told_of_parts_for_which_the_telephone_was_not_chosen(school: School, call: Dial) -> None:
    one, two = school.pupils[:2]
    opted(school, one, Part.MARKS)
    for pupil, value in ((one, "6"), (two, "3")):
        pages.mark(pages.column(school), pupil, value)
        pages.remark(school, pupil, "Много се старае", kind="praise", positive=True)
    told = call().press(f"{PIN}#").press("1").press("1")
    assert "Математика: 6" in told.text
    assert "Математика: 3" not in told.text
    assert told.text.count("1 praise") == 2
    assert "старае" not in told.text
    assert not Visit.objects.exists(), "what is new stays so until it was read whole"
    notices.set_settings(by=school.actor("guardian"), settings=Settings(stopped=frozenset({Way.PHONE})), now=NOW)
    assert "Математика: 6" not in told.press("*").text, "all telephone was stopped"


@pytest.mark.feature("E24")
def test_absences_remarks_events_and_homework_are_read_out(school: School, call: Dial) -> None:
    one = school.pupils[0]
    opted(school, one, Part.ABSENCES, Part.REMARKS, Part.HOMEWORK)
    lesson = pages.lesson(school, homework="Задачи 1 и 2", due=TODAY + timedelta(days=2))
    pages.absence(lesson, one, kind="late", minutes=7, excused=True)
    pages.remark(school, one, "Забрави учебника")
    event = NewEvent(
        school.school, EventKind.MEETING, "Родителска среща", NOW + timedelta(days=3), NOW + timedelta(days=3, hours=1)
    )
    board.plan_event(by=school.actor("principal"), event=event, now=NOW)
    menu = call().press(f"{PIN}#").press("2")
    absences = menu.press("3").text
    assert "Математика." in absences
    assert "11 March, late, 7 minutes, excused." in absences
    assert "Забрави учебника." in menu.press("4").text
    assert "14 March, 10:00. Родителска среща." in menu.press("5").text
    assert "Математика, Задачи 1 и 2. For 13 March." in menu.press("6").text
    assert menu.press("*").text.startswith("Homework"), "the star says it again"
    assert "Ученик0" in menu.press("0").text, "zero goes back to the children"
    assert menu.press("0").over


@pytest.mark.feature("E24")
def test_of_a_protected_pupil_neither_name_nor_thing_is_said(school: School, call: Dial) -> None:
    hidden, own = school.pupils[2], school.persons["guardian"]
    new = NewGuardianship(hidden, own, Relation.PARENT, BEGINS)
    people.add_guardianships(by=operator(), guardianships=[new], now=NOW)
    opted(school, hidden, *Part)
    pages.mark(pages.column(school), hidden, "6")
    lesson = pages.lesson(school, homework="Тайна задача", due=TODAY)
    pages.absence(lesson, hidden)
    one = call().press(f"{PIN}#")
    keys = one.text.partition("child number ")[2]
    key = keys.partition("press ")[2][0]
    one.press(key)
    for subject in "123456":
        one.press(subject)
    said = " ".join(heard.text for heard in one.said)
    assert "Ученик2" not in said
    assert "Тайна" not in said
    assert "Математика" not in said
    assert "1 new mark" in said
    assert "1 absence" in said


def test_three_children_cost_as_many_queries_as_one(school: School, call: Dial) -> None:
    own = school.persons["guardian"]
    new = [NewGuardianship(child, own, Relation.PARENT, BEGINS) for child in school.pupils[2:]]
    people.add_guardianships(by=operator(), guardianships=new, now=NOW)
    column = pages.column(school)
    for child in school.pupils:
        opted(school, child, Part.MARKS, Part.REMARKS)
        pages.mark(column, child, "5")
        pages.remark(school, child, "Така")
    costs = []
    for key in ("2", "1"):  # one child; all five
        menu = call().press(f"{PIN}#").press(key)
        with CaptureQueriesContext(connection) as asked:
            menu.press("1")
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 25, costs


@pytest.mark.feature("E24")
@pytest.mark.parametrize("locale", ["bg", "sv", "vi", "en"])
def test_a_caller_chooses_one_of_four_languages(school: School, call: Dial, locale: str) -> None:
    one = call(locale="")
    assert [heard.text for heard in one.heard] == list(OWN.values())
    assert len(one.languages) == 4, "each language is offered in its own words and voice"
    assert one.press("7").text.startswith(text("wrong_key", "en"))
    one.press({"bg": "1", "sv": "2", "vi": "3", "en": "4"}[locale])
    assert one.text == text("who", locale)
    assert {heard.language[:2] for heard in one.heard} == {locale}
    assert text("menu", locale) in one.press(f"{PIN}#").press("1").text


@pytest.mark.feature("E24")
@pytest.mark.parametrize(("pack", "number"), [("se.compulsory", "+46701740605"), ("vn.primary", "+84912345678")])
def test_schools_of_other_countries_speak_their_own_language(db: None, call: Dial, pack: str, number: str) -> None:
    school = known(build(pack), number)
    opted(school, school.pupils[0], Part.REMARKS)
    pages.remark(school, school.pupils[0], "Något / Gì đó")
    told = call(number, "bg").press(f"{PIN}#").press("2").press("4")
    assert {"sv-SE" if pack == "se.compulsory" else "vi-VN", "bg-BG"} == told.languages
    assert "Något / Gì đó." in told.text


@pytest.mark.feature("E24")
def test_a_label_s_telephone_code_and_the_pin_open_from_any_telephone(school: School, call: Dial) -> None:
    keys = keys_of(school.pupils[0])
    one = call(STRANGE)
    assert one.press("123#").text.startswith(text("wrong_code", "en"))
    assert one.press(keys).text == text("pin", "en")
    assert one.press(f"{PIN}#").text.startswith(text("all_children", "en"))
    assert call("anonymous").press(keys).press(f"{PIN}#").text.startswith(text("all_children", "en"))


@pytest.mark.feature("E24")
def test_three_wrong_pins_lock_the_caller_and_the_pupil_for_an_hour(school: School, call: Dial) -> None:
    keys = keys_of(school.pupils[3])
    one = call(STRANGE).press(keys)
    for wrong in ("111222", "222333", "333444"):
        assert one.press(f"{wrong}#").text.startswith(text("wrong_pin", "en"))
    locked = one.press(f"{PIN}#")
    assert locked.over
    assert locked.text == text("locked", "en")
    other = call("+359888555000").press(keys).press(f"{PIN}#")
    assert other.text == text("locked", "en"), "the pupil's code is locked for every caller"
    assert call(STRANGE).press(keys_of(school.pupils[0])).press(f"{PIN}#").over, "and the caller for every code"
    assert call().press(f"{PIN}#").text.startswith(text("all_children", "en")), "other people are let in"
    with time_machine.travel(NOW + timedelta(minutes=61), tick=False):
        again = call(STRANGE).press(keys_of(school.pupils[0])).press(f"{PIN}#")
        assert again.text.startswith(text("all_children", "en"))


@pytest.mark.feature("E24")
def test_an_unknown_code_or_number_sounds_like_a_wrong_pin(school: School, call: Dial) -> None:
    keys = keys_of(school.pupils[0])
    people.revoke_pupil_codes(by=operator(), persons=[school.pupils[0]], now=NOW)
    right = keys_of(school.pupils[3])  # its guardian has no PIN
    heard = [
        call(STRANGE).press(keys).press("765432#"),
        call("+359888555000").press(right).press("765432#"),
        call("+359888555111").press("765432#"),
    ]
    assert {one.heard[0].text for one in heard} == {text("wrong_pin", "en")}
    assert not any(one.over for one in heard)


@pytest.mark.feature("E20", "E24")
def test_a_registration_by_telephone_waits_for_the_school(school: School, call: Dial) -> None:
    one = call(STRANGE).press(keys_of(school.pupils[3])).press("0#")
    assert "0 0 0" in one.text, "the number's end is read digit by digit"
    done = one.press("1")
    assert done.over
    assert done.text == text("registered", "en")
    row = Registration.objects.get()
    assert (row.pupil, row.route, row.value, row.state) == (school.pupils[3], "phone", STRANGE, "opened")
    keys = keys_of(school.pupils[0])
    people.revoke_pupil_codes(by=operator(), persons=[school.pupils[0]], now=NOW)
    assert call(STRANGE).press(keys).press("0#").press("1").text == done.text, "a void code is answered alike"
    hidden = call("anonymous").press(keys).press("0#").press("1")
    assert hidden.text == text("no_number", "en")
    assert call(STRANGE).press(keys).press("0#").press("0").text == text("who", "en")


@pytest.mark.feature("E24")
def test_silence_is_asked_again_twice_and_then_ended(school: School, call: Dial) -> None:
    one = call()
    assert one.silence().text == text("who", "en")
    assert one.silence().text == text("who", "en")
    assert one.silence().over
    two = call()
    two.silence().silence()
    assert not two.press(f"{PIN}#").silence().silence().over, "a key begins the count anew"
    assert two.silence().over


@pytest.mark.feature("E24")
def test_who_hangs_up_in_the_middle_leaves_nothing_but_the_book_of_calls(school: School, call: Dial) -> None:
    keys = keys_of(school.pupils[0])
    call(STRANGE).press(keys).hang_up()
    entries = list(Entry.objects.filter(kind="notices.call.noted/1").order_by("id"))
    assert [entry.refs["leg"] for entry in entries] == ["begun", "pin", "ended completed"]
    assert len({entry.refs["call"] for entry in entries}) == 1
    assert not Registration.objects.exists()
    assert STRANGE[1:] not in str([entry.refs for entry in Entry.objects.all()])
    assert keys not in str([entry.refs for entry in Entry.objects.all()])


@pytest.mark.feature("E24")
def test_a_call_may_last_as_long_as_it_likes_but_each_question_ten_minutes(school: School, call: Dial) -> None:
    one = call()
    with time_machine.travel(NOW + timedelta(minutes=9), tick=False):
        one.press(f"{PIN}#")
    with time_machine.travel(NOW + timedelta(minutes=18), tick=False):
        assert one.press("1").text.startswith(text("menu", "en"))
    with time_machine.travel(NOW + timedelta(minutes=29), tick=False):
        late = one.press("2")
        assert late.over
        assert late.text == text("late", "en")


def test_guardianship_that_ends_during_the_call_ends_what_is_told(school: School, call: Dial) -> None:
    one = call().press(f"{PIN}#").press("1")
    Guardianship.objects.filter(guardian=school.persons["guardian"]).update(ends=TODAY - timedelta(days=1))
    assert one.press("2").text == text("no_children", "en")


def test_nobody_but_the_carrier_comes_in(school: School, call: Dial, settings: Any) -> None:
    one = call()
    url = one.gather["action"]
    path = url.removeprefix(settings.PUBLIC_URL)
    form = {"CallSid": one.sid, "From": NUMBER, "Digits": PIN}
    right = signature(TOKEN, url, form)
    ask = Client().post
    assert ask(path, form).status_code == 403, "no signature"
    other = ("B" if right[0] == "A" else "A") + right[1:]
    assert ask(path, form, headers={"X-Twilio-Signature": other}).status_code == 403
    assert ask(path, form | {"From": STRANGE}, headers={"X-Twilio-Signature": right}).status_code == 403, "other form"
    assert Client().get(path).status_code == 405
    assert ask(path, form, headers={"X-Twilio-Signature": right}).status_code == 200
    ported = signature(TOKEN, url.replace("testamur.example", "testamur.example:443"), form)
    assert ask(path, form, headers={"X-Twilio-Signature": ported}).status_code == 200, "carriers sign with the port too"
    settings.PHONE = settings.PHONE | {"token": ""}
    unset = signature("", url, form)
    assert ask(path, form, headers={"X-Twilio-Signature": unset}).status_code == 403, "no token, no telephone"


def test_a_place_in_the_menu_belongs_to_its_call_and_cannot_be_made_up(school: School, call: Dial) -> None:
    inside = call().press(f"{PIN}#")
    thief = Caller(Client(), STRANGE).dial()
    thief.gather = dict(inside.gather)
    assert thief.press("2").status == 403, "the address of another call"
    made_up = Caller(Client(), STRANGE).dial()
    token = made_up.gather["action"].rstrip("/").rpartition("/")[2]
    made_up.gather["action"] = made_up.gather["action"].replace(token, "A" * len(token))
    assert made_up.press("123456#").status == 403


def test_a_caller_who_calls_all_the_time_is_turned_away(school: School, call: Dial) -> None:
    for _ in range(30):
        assert not call(STRANGE).over
    assert call(STRANGE).text == text("often", "en")
    assert not call().over


@pytest.mark.feature("E24")
def test_recordings_are_played_where_there_are_some(
    school: School, call: Dial, settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.PHONE = settings.PHONE | {"audio": tmp_path}
    (tmp_path / "bg").mkdir()
    (tmp_path / "bg" / "who.wav").write_bytes(b"RIFF")
    one = call(locale="bg")
    assert one.heard[0].text == text("welcome", "bg")
    assert one.heard[1].text == "https://testamur.example/phone/audio/bg/who.wav"
    answer = Client().get("/phone/audio/bg/who.wav")
    assert b"".join(answer) == b"RIFF"
    assert Client().get("/phone/audio/bg/menu.wav").status_code == 404
    assert Client().get(reverse("phone:audio", args=["..", "who"])).status_code == 404
    cli.texts()
    assert json.loads(capsys.readouterr().out)["bg/who.wav"] == text("who", "bg")


def test_every_phrase_is_said_with_the_values_it_names() -> None:
    for name in TEXTS:
        values = {"digits": "1", "name": "N", "key": "2", "number": "3"} if "%(" in TEXTS[name] else {}
        for locale in OWN:
            assert "%(" not in text(name, locale, **values)
