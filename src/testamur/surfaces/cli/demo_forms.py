"""The demo's forms: a consent to pictures that most have signed, an outing with questions, a consent that waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from testamur.kernel.base.actor import Actor, Grant
from testamur.register.people import queries as people
from testamur.register.people import reach
from testamur.schoolday.forms import actions
from testamur.schoolday.forms.rules import (
    Consent,
    Content,
    Draft,
    Kind,
    Needs,
    Purpose,
    Question,
    Word,
    as_signer,
)
from testamur.surfaces.cli.demo_schools import Kept
from testamur.trust.signing import actions as signing
from testamur.trust.signing.methods.contract import Device
from testamur.trust.signing.rules import SignerIdentity

LANGUAGES: Mapping[str, str] = {"BG": "bg", "SE": "sv", "VN": "vi"}
PICTURES = {
    "en": ("Pictures in the portfolio", "May your child be in pictures that the families of the class see? (TEST)"),
    "sv": ("Bilder i portfolion", "Får ditt barn vara med på bilder som klassens familjer ser? (TEST)"),
    "vi": (
        "Ảnh trong hồ sơ học tập",
        "Con của quý vị có được có mặt trong ảnh mà các gia đình trong lớp xem? (TEST)",
    ),
    "bg": ("Снимки в портфолиото", "Може ли детето Ви да бъде на снимки, които виждат семействата от класа? (TEST)"),
}
TRIP = {
    "en": ("Visit to the invented museum", "May your child come along to the museum by bus? (TEST)"),
    "sv": ("Besök på påhittade museet", "Får ditt barn följa med till museet med buss? (TEST)"),
    "vi": ("Tham quan bảo tàng ví dụ", "Con của quý vị có được đi xe buýt đến bảo tàng không? (TEST)"),
    "bg": ("Посещение на измисления музей", "Може ли детето Ви да отиде с автобус до музея? (TEST)"),
}
OUTING = {
    "en": ("Day in the woods", "We spend a day in the woods and want to know who eats what. (TEST)"),
    "sv": ("Dag i skogen", "Vi är en dag i skogen och vill veta vem som äter vad. (TEST)"),
    "vi": ("Một ngày trong rừng", "Chúng tôi đi rừng một ngày và muốn biết ai ăn gì. (TEST)"),
    "bg": ("Ден в гората", "Прекарваме един ден в гората и искаме да знаем кой какво яде. (TEST)"),
}
LABELS = {
    "en": ("Does your child eat meat?", "What size of rain jacket?", "What else should we know?"),
    "sv": ("Äter ditt barn kött?", "Vilken storlek på regnjacka?", "Vad mer behöver vi veta?"),
    "vi": ("Con của quý vị có ăn thịt không?", "Cỡ áo mưa nào?", "Chúng tôi cần biết gì thêm?"),
    "bg": ("Яде ли детето Ви месо?", "Какъв размер дъждобран?", "Какво още трябва да знаем?"),
}
SIZES = ("S", "M", "L")
WORD = Word.ANSWERED


def fill(by: Actor, kept: Sequence[Kept], family: UUID | None, now: datetime) -> None:
    """The forms of each school; those of the family with children in several of them wait to be answered."""
    for school in kept:
        languages = (LANGUAGES[school.land.country], "en")
        head = Actor(school.principal, "simulated", (Grant("principal", school.path, ("forms.form.*",)),))
        pictures = _published(head, _pictures(school, languages, now), now)
        for pupils in school.classes.values():
            _sign_most(by, school, pictures, pupils, family, now)
        group, pupils = next(iter(school.classes.items()))
        _published(head, _trip(school, group, languages, now), now)
        outing = _published(head, _outing(school, group, languages, now), now)
        _answer_most(school, outing, pupils, family, now)
        actions.draft_form(by=head, form=_outing(school, group, ("en",), now), now=now)


def _content(texts: Mapping[str, tuple[str, str]], languages: Sequence[str], *questions: Question) -> Content:
    return Content(
        tuple(languages),
        {one: texts[one][0] for one in languages},
        {one: texts[one][1] for one in languages},
        questions,
    )


def _pictures(school: Kept, languages: Sequence[str], now: datetime) -> Draft:
    return Draft(
        school.school, _content(PICTURES, languages), max(school.ends, now.date()), consent=Consent.SIGNED,
        purpose=Purpose.PICTURES_INTERNAL, needs=Needs.ALL, holds_until=max(school.ends, now.date()),
    )  # fmt: skip


def _trip(school: Kept, group: UUID, languages: Sequence[str], now: datetime) -> Draft:
    return Draft(
        school.school, _content(TRIP, languages), now.date() + timedelta(days=9), (group,), consent=Consent.SIGNED,
        purpose=Purpose.EXCURSION, needs=Needs.ALL,
    )  # fmt: skip


def _outing(school: Kept, group: UUID, languages: Sequence[str], now: datetime) -> Draft:
    labels = [{one: LABELS[one][n] for one in languages} for n in range(3)]
    questions = (
        Question("meat", Kind.YES_NO, True, labels[0], {}),
        Question("size", Kind.ONE, False, labels[1], dict.fromkeys(languages, SIZES)),
        Question("more", Kind.TEXT, False, labels[2], {}),
    )
    content = _content(OUTING, languages, *questions)
    return Draft(school.school, content, now.date() + timedelta(days=5), (group,))


def _published(by: Actor, draft: Draft, now: datetime) -> UUID:
    form = actions.draft_form(by=by, form=draft, now=now)
    actions.publish_form(by=by, form=form, now=now)
    return form


def _families(pupils: Sequence[UUID], family: UUID | None, now: datetime) -> list[tuple[UUID, UUID]]:
    """(child, guardian) of most children, all guardians of each; those of the family wait for a visitor."""
    found = []
    for n, (child, guardians) in enumerate(reach.deciders(children=pupils, on=now.date()).items()):
        if n % 4 != 3 and family not in guardians:  # noqa: PLR2004 - every fourth has not answered yet
            found += [(child, guardian) for guardian in sorted(guardians)]
    return found


def _guardian(person: UUID, child: UUID) -> Actor:
    return Actor(person, "simulated", (Grant("guardian", "/", ("forms.answer.*",), wards=frozenset({child})),))


def _answer_most(school: Kept, form: UUID, pupils: Sequence[UUID], family: UUID | None, now: datetime) -> None:
    language = LANGUAGES[school.land.country]
    for n, (child, guardian) in enumerate(_families(pupils, family, now)):
        by, values = _guardian(guardian, child), {"meat": n % 3 > 0, "size": n % len(SIZES)}
        actions.answer_form(by=by, form=form, child=child, word=WORD, values=values, language=language, now=now)


def _sign_most(by: Actor, school: Kept, form: UUID, pupils: Sequence[UUID], family: UUID | None, now: datetime) -> None:
    language = LANGUAGES[school.land.country]
    for n, (child, person) in enumerate(_families(pupils, family, now)):
        guardian, me = _guardian(person, child), people.person(by=by, id=person)
        if n == 1:
            actions.answer_form(
                by=guardian, form=form, child=child, word=Word.REFUSED, values={}, language=language, now=now
            )
        elif me is not None and me.identifier is not None:
            signer = SignerIdentity(person, me.name, me.identifier.scheme.value, me.identifier.value)
            _sign(guardian, school.path, form, child, signer, language, now)


def _sign(
    by: Actor, path: str, form: UUID, child: UUID, signer: SignerIdentity, language: str, now: datetime
) -> None:  # fmt: skip
    key = actions.ask_to_sign(by=by, form=form, child=child, values={}, signer=signer, language=language, now=now)
    ceremony = actions.start_signing(by=by, signing=key, signer=signer, method="simulated", now=now)
    acting = as_signer(by, path)
    signing.begin(by=acting, ceremony=ceremony, device=Device(ip="127.0.0.1"), now=now)
    signing.collect(by=acting, ceremony=ceremony, now=now)
    actions.settle_signing(by=by, signing=key, now=now)
