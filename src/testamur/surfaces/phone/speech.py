"""What the service says of itself, in four languages. What it says of pupils is in `content`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_noop

from testamur.surfaces.phone.flow import LOCALES
from testamur.surfaces.phone.signatures import absolute
from testamur.surfaces.phone.twiml import Said

OWN: Mapping[str, str] = {
    "bg": "За български натиснете 1.",
    "sv": "För svenska, tryck 2.",
    "vi": "Tiếng Việt, xin bấm phím 3.",
    "en": "For English, press 4.",
}
"""Each language offers itself in its own words."""

TEXTS: Mapping[str, str] = {
    "welcome": gettext_noop("Welcome to the school's telephone service."),
    "who": gettext_noop(
        "Type your PIN, then the hash key. If you call from a telephone that the school does not know, type the "
        "fourteen digits of the telephone code on the pupil's label instead, then the hash key."
    ),
    "pin": gettext_noop("Type your PIN, then the hash key. If you have no PIN, type zero, then the hash key."),
    "wrong_key": gettext_noop("There is nothing under that key."),
    "wrong_code": gettext_noop("That is neither a PIN nor a telephone code. Please read the label again."),
    "wrong_pin": gettext_noop("The code or the PIN is wrong."),
    "locked": gettext_noop("There were too many wrong tries. Please call again in an hour. Goodbye."),
    "often": gettext_noop("That was tried too often. Please call again later. Goodbye."),
    "late": gettext_noop("This call took too long. Please call again. Goodbye."),
    "register": gettext_noop(
        "Shall messages about the pupil go to the telephone that you call from? For yes, press 1. For no, press 0."
    ),
    "ends_with": gettext_noop("Its number ends with %(digits)s."),
    "no_number": gettext_noop("Your telephone does not show its number, so that nothing can be noted. Goodbye."),
    "registered": gettext_noop(
        "We have noted it. It holds when the school has confirmed it, or when you answer the text message that you "
        "may get now with its code. Goodbye."
    ),
    "no_children": gettext_noop("The register knows no pupil whose diary you may hear. Goodbye."),
    "all_children": gettext_noop("For all children, press 1."),
    "this_child": gettext_noop("For %(name)s, press %(key)s."),
    "numbered_child": gettext_noop("For child number %(number)s, press %(key)s."),
    "end": gettext_noop("To end, press 0."),
    "menu": gettext_noop(
        "What is new, press 1. Marks, press 2. Absences, press 3. Remarks, press 4. Events, press 5. Homework and "
        "other messages, press 6."
    ),
    "again": gettext_noop("To hear it again, press the star key."),
    "back": gettext_noop("To go back, press 0."),
    "goodbye": gettext_noop("Goodbye."),
    "sms_registered": gettext_noop(
        "We have noted it. It holds when the school has confirmed it, or when you answer the message that you get now "
        "with its code."
    ),
    "sms_proved": gettext_noop("Thank you. Messages from the school now come here, or do when the school confirms it."),
    "sms_not_proved": gettext_noop("That is not the code, or it is too late. Send the pupil code again."),
    "sms_stopped": gettext_noop("No more text messages come to this number. You can turn them on again on the web."),
    "sms_often": gettext_noop("That was tried too often. Please try again later."),
    "sms_help": gettext_noop(
        "Send the pupil code of the label to get messages here; the code and an e-mail address to get them there; "
        "STOP to end text messages."
    ),
}


def text(phrase: str, locale: str, **values: str) -> str:
    """A phrase in that language."""
    with translation.override(locale):
        said = translation.gettext(TEXTS[phrase])
    return said % values if values else said


def say(phrase: str, locale: str, **values: str) -> Said:
    """A phrase to be said, or played where there is a recording of it (not of phrases that hold values)."""
    recorded = "" if values else recording(phrase, locale)
    return Said(text(phrase, locale, **values), locale, recorded)


def offers() -> tuple[Said, ...]:
    """Each language in its own words."""
    return tuple(Said(OWN[locale], locale, recording("language", locale)) for locale in LOCALES.values())


def spaced(digits: str) -> str:
    """Digits one by one: ``123`` is said as ``1 2 3``."""
    return " ".join(digits)


def recording(phrase: str, locale: str) -> str:
    """The address of a recording, or nothing."""
    if sound(phrase, locale) is None:
        return ""
    return absolute(reverse("phone:audio", args=[locale, phrase]))


def sound(phrase: str, locale: str) -> Path | None:
    """The file of a recording, where the installation has one."""
    folder: Path | None = settings.PHONE["audio"]
    if folder is None or locale not in OWN or phrase not in {*TEXTS, "language"}:
        return None
    path = folder / locale / f"{phrase}.wav"
    return path if path.is_file() else None


def texts_to_record(locales: Iterable[str] = OWN) -> dict[tuple[str, str], str]:
    """(language, name) → text of everything that may be recorded: the files are ``<language>/<name>.wav``."""
    names = [name for name, said in TEXTS.items() if "%(" not in said and not name.startswith("sms_")]
    return {(locale, name): text(name, locale) for locale in locales for name in names} | {
        (locale, "language"): OWN[locale] for locale in locales
    }
