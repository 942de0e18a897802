"""What the office's pages call things: states, roles, reasons, acts of the journal."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Words = Mapping[str, str | Promise]

STATES: Words = {
    "missing": _("Cannot be made yet"),
    "not_made": _("Not made"),
    "drafted": _("Draft"),
    "declined": _("Declined by a signer"),
    "ready": _("Ready to sign"),
    "signing": _("Being signed"),
    "signed": _("Signed, being sealed"),
    "sealed": _("Sealed"),
    "held": _("Stopped"),
    "published": _("In the archive, not released"),
    "released": _("Released"),
    "superseded": _("Replaced by a new version"),
    "rectified": _("Replaced after a rectification"),
    "annulled": _("Annulled"),
    "disposed": _("Discarded"),
}

BAR = ("missing", "held", "declined", "not_made", "drafted", "ready", "signing", "signed", "published", "released")
"""The states of a cell in the order of the bar; `annulled` is told in words."""

TAGS: Mapping[str, str] = {
    "missing": "warning",
    "held": "danger",
    "declined": "danger",
    "not_made": "neutral",
    "drafted": "neutral",
    "ready": "info",
    "signing": "info",
    "signed": "info",
    "sealed": "info",
    "published": "success",
    "released": "success",
    "superseded": "neutral",
    "rectified": "neutral",
    "annulled": "danger",
    "disposed": "neutral",
}
"""State → colour of its tag; the word always stands beside it."""

ROLES: Words = {
    "principal": _("Principal"),
    "delegate": _("By the principal's delegation"),
    "teacher": _("Teacher"),
    "class_teacher": _("Class teacher"),
    "corrector": _("Corrector"),
    "examiner": _("Examiner"),
    "administrator": _("Administrator"),
    "archivist": _("Archivist"),
}

REASONS: Words = {
    "results.documents.nobody_signs": _("Nobody holds the post of the signer, or the holder has no personal number"),
    "results.documents.grows_later": _("The booklet of an earlier year is still being signed"),
    "results.documents.issued_already": _("Issued already, and nothing in it has changed"),
    "se.compulsory.document.no_grades": _("No grades are decided"),
    "bg.school.document.empty": _("No marks yet"),
    "vn.primary.document.empty": _("No grades are decided"),
    "vn.primary.document.incomplete": _("Something is missing"),
    "import.bundle.unreadable": _("The file cannot be opened, or is unsafe to open"),
    "import.bundle.unknown": _(
        "The file is of no kind that can be read. Finished PDFs come together with their register (CSV or XLSX)"
    ),
    "worker.died": _("The background work was interrupted"),
    "records.no_log": _("The body responsible has no transparency log"),
    "sealing.seal.none_active": _("The body responsible has no seal that is valid now"),
    "sealing.key.unavailable": _("The key of the seal cannot be opened"),
    "records.draft_damaged": _("The stored draft is damaged"),
    "personal.lapsed": _("A signer's certificate ran out before the seal. The document has to be signed again"),
    "personal.roots.absent": _("No authority of personal certificates is trusted here"),
    "chain.expired": _("A signer's certificate had run out"),
    "chain.not_yet_valid": _("A signer's certificate was not valid yet"),
    "chain.revoked": _("A signer's certificate was revoked. The document has to be signed again"),
    "chain.untrusted": _("A signer's certificate is of an authority that is not trusted here"),
    "personal.other_person": _("A signer's certificate names another person"),
    "sealing.personal.signature": _("A kept signature does not belong to the document. It has to be signed again"),
    "not_allowed": _("Not allowed for the role in which it was asked for"),
}
"""Reason code → sentence. A code that is not here is told by its message, or as it is."""

REPLACED: Words = {
    "new_version": _("New version"),
    "rectification": _("Rectification"),
    "change": _("Change"),
    "re_examination": _("Re-examination"),
}

ACTS: Words = {
    "records.drafted/1": _("Draft made"),
    "records.ready/1": _("Marked ready to sign"),
    "records.recalled/1": _("Recalled to draft"),
    "records.discarded/1": _("Draft discarded"),
    "records.declined/1": _("Declined by a signer"),
    "records.annulled/1": _("Annulled"),
    "records.superseded/1": _("Replaced by a new version"),
    "records.rectified/1": _("Replaced after a rectification"),
    "records.held/1": _("Stopped before the seal"),
    "records.held_retried/1": _("Tried again"),
    "records.signed_again/1": _("To be signed again"),
    "records.fetched/1": _("Original fetched"),
    "records.retrieved/1": _("Original fetched"),
    "records.shared/1": _("Shared by a link"),
    "records.share_revoked/1": _("Shared link withdrawn"),
    "records.signer_chosen/1": _("Another signer named"),
    "archive.object.extended/1": _("Evidence added to the archive"),
}
"""Kinds of journal entries in plain words."""

POSTS = ("principal", "delegate", "class_teacher", "teacher", "examiner", "administrator", "archivist")
"""Posts in the order in which a school's page lists them."""

REGISTER_ROWS: Words = {
    "unit": _("Schools and units"),
    "session": _("School years and terms"),
    "course": _("Courses"),
    "group": _("Classes and groups"),
    "person": _("People"),
    "membership": _("Roles at schools"),
    "guardian": _("Guardianships"),
    "enrolment": _("Members of groups"),
    "holiday": _("Holidays"),
    "timetable": _("Timetables"),
    "mark": _("Grades"),
    "document": _("Documents"),
    "diary.marks": _("Marks of the diary"),
    "diary.absences": _("Absences"),
    "diary.remarks": _("Remarks and praise"),
}

SCHEMES: Words = {
    "se.personnummer": _("Swedish personal identity number"),
    "se.samordningsnummer": _("Swedish coordination number"),
    "se.temporary": _("Temporary number of a Swedish school"),
    "bg.egn": _("Bulgarian personal number (EGN)"),
    "bg.lnch": _("Bulgarian number of a foreigner (LNCh)"),
    "vn.cccd": _("Vietnamese citizen identity number"),
    "local": _("The other system's own number"),
}
"""Whose numbers of people a file may hold."""

PACKS: Words = {
    "bg.school": _("School, Bulgaria"),
    "se.compulsory": _("Compulsory school, Sweden"),
    "se.university": _("University, Sweden"),
    "vn.primary": _("Primary school, Vietnam"),
}
"""Packs of rules."""

DIARY_ROWS: Words = {
    "marks": _("Marks"),
    "absences": _("Absences"),
    "remarks": _("Remarks and praise"),
    "pupils": _("Pupils"),
    "timetable": _("Timetable"),
}
"""What the rows of another diary's table are."""

DIARY_FIELDS: Words = {
    "number": _("Number of the pupil"),
    "name": _("Name of the pupil"),
    "given_name": _("Given name"),
    "family_name": _("Family name"),
    "class": _("Class"),
    "group": _("Teaching group"),
    "subject": _("Subject"),
    "kind": _("Kind"),
    "date": _("Day"),
    "term": _("Term"),
    "value": _("Mark"),
    "title": _("What for"),
    "comment": _("Comment"),
    "key": _("Number of the row in the other system"),
    "lesson": _("Which lesson of the day"),
    "minutes": _("Minutes"),
    "count": _("How many lessons"),
    "excused": _("Excused"),
    "ground": _("Ground of the excuse"),
    "text": _("Text"),
    "middle_name": _("Middle name"),
    "birth_date": _("Day of birth"),
    "sex": _("Sex"),
    "year_level": _("School year of the pupil"),
    "email": _("E-mail"),
    "phone": _("Telephone"),
    "teacher": _("Teacher"),
    "weekday": _("Weekday"),
    "week": _("Odd or even weeks"),
    "start_time": _("Begins"),
    "end_time": _("Ends"),
    "room": _("Room"),
    "weight": _("Weight"),
    "hidden": _("Hidden from families"),
}
"""Fields of another diary's table."""

CHECKS: Words = {"key": _("Key"), "seal": _("Seal"), "certificate": _("Certificate")}
"""Checks of the trial of a seal."""

CHECKED: Words = {
    "ok": _("in order"),
    "failed": _("not in order"),
    "undecided": _("not decided"),
    "absent": _("missing"),
}
"""How a check ended."""

SHOWN: Words = {
    "staff.home": _("To sign"),
    "staff.decline": _("Decline"),
    "staff.document": _("Document to sign"),
    "staff.progress": _("Course of a signature"),
    "staff.review": _("Before you sign"),
    "staff.signed": _("Signed"),
    "office.check": _("Check of the original"),
    "office.correct": _("Correction of a decision"),
    "office.decisions": _("Decisions"),
    "office.documents": _("Documents"),
    "office.export": _("Export of the school"),
    "office.follow": _("Not signed"),
    "office.group": _("Class"),
    "office.original": _("Original"),
    "office.people": _("Posts"),
    "office.preview": _("Document"),
    "office.record": _("Document"),
    "office.work": _("Work in the background"),
    "diary.grid": _("Marks of a class"),
    "diary.lesson": _("A lesson"),
    "diary.leaves": _("Leave"),
    "diary.health": _("Health notes"),
    "diary.remarks": _("Remarks"),
    "diary.assessments": _("Written assessments"),
    "care.fire": _("List for a fire"),
    "records.original": _("Original"),
}
"""Pages that show true names of protected persons."""
SHOWN_AREAS: Words = {
    "app": _("The app"),
    "care": _("Pick-up and drop-off"),
    "custody": _("Looked up, with a reason"),
    "diary": _("Diary"),
    "family": _("Pages of the family"),
    "forms": _("Forms and consents"),
    "keeping": _("Requests for correction"),
    "learning": _("Plans for learning"),
    "messages": _("Messages"),
    "mine": _("My profile"),
    "notices": _("Registrations for notices"),
    "office": _("School office"),
    "records": _("Documents"),
    "reports": _("Reports"),
    "results": _("Lists of results"),
    "staff": _("To sign"),
    "supervision": _("Supervision"),
    "support": _("Questions to the school"),
    "timetable": _("Timetable"),
    "transcripts": pgettext_lazy("an area", "Transcripts"),
    "yearend": pgettext_lazy("an area", "End of the year"),
}
"""The same by area, for pages that have no word of their own: no page is without."""

OUTCOMES: Words = {
    "new": _("New"),
    "changed": _("Changed"),
    "unchanged": _("Unchanged"),
    "ended": _("Ended"),
    "refused": _("Refused"),
}


def word(table: Words, key: str) -> str:
    """The word for a key; the key itself, made readable, where there is none."""
    found = table.get(key)
    return str(found) if found is not None else key.replace("_", " ")


def shown(where: str) -> str:
    """The page that showed a name: its own word, else its area's."""
    return word(SHOWN, where) if where in SHOWN else word(SHOWN_AREAS, where.partition(".")[0])


def reason(code: str, message: str = "") -> str:
    """A reason in words: the table's sentence, else the message that came with it, else the code."""
    return str(REASONS[code]) if code in REASONS else message or code
