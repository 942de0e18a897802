"""The portfolio: whose pictures are shown to whom."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from PIL import Image

from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.register.people import actions as people
from testamur.register.people.rules import Protection
from testamur.schoolday.forms import actions as forms
from testamur.schoolday.forms.rules import Consent, Content, Draft, Needs, Purpose, Word
from testamur.schoolday.learning import actions, queries, rules
from testamur.schoolday.learning.imaging import reencode
from testamur.schoolday.learning.models import Picture
from testamur.schoolday.learning.rules import NewEntry
from tests.schoolday.diary.school import NOW, TODAY, School
from tests.schoolday.learning.conftest import Consents, picture

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C9")]


def entry(school: School, children: list[UUID], *, shown: list[UUID] | None = None, photo: bytes = b"") -> UUID:
    by = school.actor("teacher")
    new = NewEntry("Vi bygger en bro", TODAY, tuple(children), text="Alla hjälptes åt.")
    key = actions.add_entry(by=by, group=school.group, new=new, now=NOW)
    if photo:
        seen = children if shown is None else shown
        actions.add_picture(by=by, entry=key, data=photo, alt="En bro av klossar", children=seen, now=NOW)
    return key


def test_what_a_picture_tells_beside_its_pixels_is_not_kept(photo: bytes) -> None:
    assert b"Hemlig" in photo
    made = reencode(photo)
    for data in (made.data, made.thumb):
        kept = Image.open(io.BytesIO(data))
        assert dict(kept.getexif()) == {}
        assert not {"exif", "icc_profile", "comment", "xmp"} & set(kept.info)
        assert b"Hemlig" not in data
        assert b"Exif" not in data
    assert (made.width, made.height) == (600, 900)  # upright
    assert max(Image.open(io.BytesIO(made.thumb)).size) == 360
    assert max(Image.open(io.BytesIO(reencode(picture((4000, 1000))).data)).size) == 1600


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_three_kinds_of_picture_are_taken(kind: str) -> None:
    assert Image.open(io.BytesIO(reencode(picture((40, 30), kind)).data)).format == "JPEG"


def test_everything_else_is_refused(photo: bytes) -> None:
    small = Image.new("1", (9000, 9000))
    out = io.BytesIO()
    small.save(out, "PNG")
    for data, why in (
        (b"", "size"), (b"<svg onload=alert(1)>", "kind"), (b"GIF89a" + b"\0" * 40, "kind"),
        (photo[: len(photo) // 2], "broken"), (b"\xff\xd8\xff" + b"\0" * 999, "broken"), (out.getvalue(), "pixels"),
        (b"\xff\xd8\xff" + b"\0" * (rules.MOST_BYTES), "size"),
    ):  # fmt: skip
        with pytest.raises(rules.PictureInvalid) as refused:
            reencode(data)
        assert refused.value.found["why"] == why


def test_a_picture_is_published_with_every_consent_and_vanishes_without_one(
    four: School, photo: bytes, consents: Consents
) -> None:
    ada, ben, by = four.pupils[0], four.pupils[1], four.actor("teacher")
    key = entry(four, [ada, ben], photo=photo)
    consents.given = {ada}
    with pytest.raises(rules.NoConsent) as refused:
        actions.publish_entry(by=by, entry=key, now=NOW)
    assert refused.value.found["children"] == [str(ben)]
    consents.given = {ada, ben}
    actions.publish_entry(by=by, entry=key, now=NOW)
    guardian = four.actor("other_guardian")  # of ada alone
    (seen,) = queries.entries_for(by=guardian, children=[ada], on=TODAY)[ada]
    assert seen.children == (ada,)
    assert seen.pictures[0].children == {ada}
    one = seen.pictures[0].id
    assert queries.picture(by=guardian, picture=one, on=TODAY).startswith(b"\xff\xd8\xff")
    whole = queries.picture(by=guardian, picture=one, on=TODAY)
    assert len(queries.picture(by=guardian, picture=one, thumb=True, on=TODAY)) < len(whole)
    consents.given = {ada}  # ben's family takes its word back
    (seen,) = queries.entries_for(by=guardian, children=[ada], on=TODAY)[ada]
    assert (seen.title, seen.pictures) == ("Vi bygger en bro", ())
    for who in (guardian, by):
        with pytest.raises(NotFound):
            queries.picture(by=who, picture=one, on=TODAY)
    assert queries.entry(by=by, entry=key, on=TODAY).pictures[0].hidden


@pytest.mark.feature("C19")
def test_there_is_no_picture_of_a_protected_child_even_with_a_consent(
    four: School, photo: bytes, consents: Consents
) -> None:
    protected, ada, by = four.pupils[2], four.pupils[0], four.actor("teacher")
    consents.given = {protected, ada}
    key = entry(four, [ada], shown=[ada, protected], photo=photo)
    with pytest.raises(rules.NoConsent):
        actions.publish_entry(by=by, entry=key, now=NOW)
    with pytest.raises(rules.NoConsent):
        actions.add_work(
            by=four.actor("2"), child=protected, title="Min teckning", text="", picture=photo, alt="Jag", now=NOW
        )  # fmt: skip


@pytest.mark.feature("C19")
def test_a_protection_that_comes_later_hides_what_was_published(four: School, photo: bytes, consents: Consents) -> None:
    ada, ben, by = four.pupils[0], four.pupils[1], four.actor("teacher")
    consents.given = {ada, ben}
    key = entry(four, [ada, ben], photo=photo)
    actions.publish_entry(by=by, entry=key, now=NOW)
    from testamur.kernel.base.actor import operator

    people.set_protection(by=operator(), person=ben, level=Protection.PROTECTED_REGISTRATION, now=NOW)
    (seen,) = queries.entries_for(by=four.actor("other_guardian"), on=TODAY, children=[ada])[ada]
    assert seen.pictures == ()


def test_a_family_sees_entries_about_its_own_child_alone(four: School, photo: bytes, consents: Consents) -> None:
    ada, ben, far = four.pupils[0], four.pupils[1], four.pupils[3]
    consents.given = {ada, ben, far}
    by = four.actor("teacher")
    key = entry(four, [far], photo=photo)
    guardian = four.actor("guardian")
    actions.publish_entry(by=by, entry=key, now=NOW)
    assert queries.entries_for(by=guardian, children=[ada, ben], on=TODAY) == {ada: (), ben: ()}
    with pytest.raises(NotAllowed):
        queries.entries_for(by=guardian, children=[far], on=TODAY)
    with pytest.raises(NotFound):
        queries.picture(by=guardian, picture=Picture.objects.get().id, on=TODAY)
    own = four.actor("far_guardian")
    assert len(queries.entries_for(by=own, children=[far], on=TODAY)[far]) == 1
    actions.withdraw_entry(by=by, entry=key, now=NOW)
    assert queries.entries_for(by=own, children=[far], on=TODAY)[far] == ()
    with pytest.raises(NotFound):
        queries.picture(by=own, picture=Picture.objects.get().id, on=TODAY)


def test_a_draft_is_seen_by_teachers_of_the_group_alone(four: School) -> None:
    key = entry(four, [four.pupils[0]])
    assert queries.entry(by=four.actor("class_teacher"), on=TODAY, entry=key).published_at is None
    with pytest.raises(NotAllowed):
        queries.entry(by=four.actor("stranger"), on=TODAY, entry=key)
    assert queries.entries_for(by=four.actor("0"), on=TODAY, children=[four.pupils[0]])[four.pupils[0]] == ()


def test_an_entry_is_about_children_of_the_group(four: School) -> None:
    by = four.actor("teacher")
    for children, error in (((), rules.NobodyAbout), ((uuid4(),), rules.NotInGroup)):
        new = NewEntry("x", TODAY, children)
        with pytest.raises(error):
            actions.add_entry(by=by, group=four.group, new=new, now=NOW)
    new = NewEntry("x", TODAY, (four.pupils[0],), goals=(uuid4(),))
    with pytest.raises(NotFound):
        actions.add_entry(by=by, group=four.group, new=new, now=NOW)


def test_a_pupil_adds_a_work_of_its_own_and_can_remove_its_picture(four: School, photo: bytes) -> None:
    ada = four.pupils[0]
    me, guardian = four.actor("0"), four.actor("guardian")
    actions.add_work(by=me, child=ada, title="Min dikt", text="Om våren", picture=photo, alt="En tussilago", now=NOW)
    (work,) = queries.entries_for(by=guardian, children=[ada], on=TODAY)[ada]
    assert (work.own, work.kind, len(work.pictures)) == (True, rules.EntryKind.WORK, 1)
    assert queries.entries(by=four.actor("class_teacher"), on=TODAY, group=four.group)[0].id == work.id
    with pytest.raises(NotAllowed):
        actions.add_work(by=me, child=four.pupils[1], title="x", text="", picture=None, alt="", now=NOW)
    with pytest.raises(rules.AltMissing):
        actions.add_work(by=me, child=ada, title="x", text="", picture=photo, alt=" ", now=NOW)
    with pytest.raises(NotAllowed):
        actions.remove_picture(by=four.actor("far_guardian"), picture=work.pictures[0].id, now=NOW)
    actions.remove_picture(by=me, picture=work.pictures[0].id, now=NOW)
    assert not Picture.objects.exists()


def test_a_picture_needs_words_and_there_are_so_many(
    four: School, consents: Consents, monkeypatch: pytest.MonkeyPatch
) -> None:
    by, key, small = four.actor("teacher"), entry(four, [four.pupils[0]]), picture((30, 20))
    with pytest.raises(rules.AltMissing):
        actions.add_picture(by=by, entry=key, data=small, alt="", children=[], now=NOW)
    monkeypatch.setattr("testamur.schoolday.learning.actions.portfolio.MOST_PICTURES", 1)
    actions.add_picture(by=by, entry=key, data=small, alt="x", children=[], now=NOW)
    with pytest.raises(rules.TooManyPictures):
        actions.add_picture(by=by, entry=key, data=small, alt="x", children=[], now=NOW)
    actions.publish_entry(by=by, entry=key, now=NOW)
    monkeypatch.setattr("testamur.schoolday.learning.actions.portfolio.MOST_PICTURES", 9)
    with pytest.raises(rules.NoConsent):  # it would be seen at once
        actions.add_picture(by=by, entry=key, data=small, alt="x", children=[four.pupils[1]], now=NOW)


@pytest.mark.feature("C18")
def test_a_consent_is_the_one_that_the_family_gave_in_a_form_and_it_ends_when_taken_back(
    four: School, photo: bytes
) -> None:
    head, family, child = four.actor("principal"), four.actor("far_guardian"), four.pupils[3]
    content = Content(("sv",), {"sv": "Bilder"}, {"sv": "Får ditt barn vara med på bild?"})
    draft = Draft(
        four.school, content, TODAY + timedelta(days=9), (four.group,), consent=Consent.LOGIN,
        purpose=Purpose.PICTURES_INTERNAL, needs=Needs.ALL, holds_until=TODAY + timedelta(days=90),
    )  # fmt: skip
    form = forms.draft_form(by=head, form=draft, now=NOW)
    forms.publish_form(by=head, form=form, now=NOW)
    key = entry(four, [child], photo=photo)
    with pytest.raises(rules.NoConsent):
        actions.publish_entry(by=four.actor("teacher"), entry=key, now=NOW)
    said: dict[str, Any] = {"by": family, "form": form, "child": child, "values": {}, "language": "sv", "now": NOW}
    forms.answer_form(word=Word.GIVEN, **said)
    actions.publish_entry(by=four.actor("teacher"), entry=key, now=NOW)
    assert queries.entries_for(by=family, children=[child], on=TODAY)[child][0].pictures
    forms.withdraw_consent(by=family, form=form, child=child, now=NOW)
    assert queries.entries_for(by=family, children=[child], on=TODAY)[child][0].pictures == ()
    with pytest.raises(NotFound):
        queries.picture(by=family, picture=Picture.objects.get().id, on=TODAY)
