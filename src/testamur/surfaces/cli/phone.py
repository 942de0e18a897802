"""`testamur phone-texts`: what the telephone service says of itself, for whoever records it."""

from __future__ import annotations

import json


def texts() -> None:
    """Print every phrase that may be recorded as JSON: file name below TESTAMUR_PHONE_AUDIO → what is said there."""
    from testamur.surfaces.cli import runtime

    runtime.start(migrate=False)
    from testamur.surfaces.phone.speech import texts_to_record

    found = {f"{locale}/{name}.wav": text for (locale, name), text in texts_to_record().items()}
    print(json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True))
