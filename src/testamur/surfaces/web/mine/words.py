"""What keeping's own words are called on pages: topics, grounds, receivers, spans, states, pages that showed a name."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from testamur.schoolday.keeping.rules import (
    Category,
    Ground,
    ListState,
    Omitted,
    Receiver,
    RequestState,
    Span,
    Topic,
)

Word = str | Promise
TOPICS: Mapping[Topic, Word] = {
    Topic.PERSON: _("Name, birth, identifiers"),
    Topic.CONTACTS: _("E-mail addresses, telephone numbers, addresses"),
    Topic.FAMILY: _("Guardians and children"),
    Topic.SCHOOLING: _("Schools, classes, posts"),
    Topic.MARKS: _("Marks and grades"),
    Topic.ATTENDANCE: _("Absences and leave"),
    Topic.REMARKS: _("Remarks"),
    Topic.HEALTH: _("Health notes"),
    Topic.ASSESSMENTS: _("Written assessments"),
    Topic.DOCUMENTS: _("Issued documents"),
    Topic.MESSAGES: _("Messages and events"),
    Topic.FORMS: _("Forms and consents"),
    Topic.CARE: _("Care hours and who may collect"),
    Topic.LEARNING: _("Teaching plans and what is documented"),
    Topic.SUPPORT: _("Questions to the school"),
    Topic.NOTICES: _("Notifications"),
    Topic.LOGINS: _("Logins and devices"),
    Topic.WORK: _("What you did at work with transcripts"),
    Topic.SIGHTS: _("Who saw it"),
}
WHY: Mapping[Topic, Word] = {
    Topic.PERSON: _("To know who is who, and to write names into documents rightly."),
    Topic.CONTACTS: _("To reach you."),
    Topic.FAMILY: _("To know who decides for a child and may see what concerns it."),
    Topic.SCHOOLING: _("To know who goes to which school and class, and who works there."),
    Topic.MARKS: _("To teach and to decide grades."),
    Topic.ATTENDANCE: _("To watch over compulsory schooling, and over children being safe."),
    Topic.REMARKS: _("To tell families how the school day goes."),
    Topic.HEALTH: _("So that staff can act rightly when health asks for it."),
    Topic.ASSESSMENTS: _("To tell in writing how a pupil gets on, as the law asks."),
    Topic.DOCUMENTS: _("To prove for life what was decided."),
    Topic.MESSAGES: _("To talk between home and school."),
    Topic.FORMS: _("To know what you answered and agreed to."),
    Topic.CARE: _("To plan staff and to hand a child over to the right person."),
    Topic.LEARNING: _("To plan and follow what a pupil learns."),
    Topic.SUPPORT: _("To answer you."),
    Topic.NOTICES: _("To tell you by the ways that you chose."),
    Topic.LOGINS: _("So that nobody else gets in, and you can see it if somebody tries."),
    Topic.WORK: _("To know who verified, decided and gave out what."),
    Topic.SIGHTS: _("So that you can see who looked."),
}
GROUNDS: Mapping[Ground, Word] = {
    Ground.DUTY: _("A law asks for it (GDPR article 6.1 c)"),
    Ground.TASK: _("The school's task in the public interest (GDPR article 6.1 e)"),
    Ground.HEALTH: _("The school's task, for health (GDPR articles 6.1 e and 9.2 g)"),
    Ground.SECURITY: _("Security of what is held (GDPR articles 6.1 c and 32)"),
}
RECEIVERS: Mapping[Receiver, Word] = {
    Receiver.ONESELF: pgettext_lazy("receiver", "you"),
    Receiver.GUARDIANS: pgettext_lazy("receiver", "guardians"),
    Receiver.TEACHERS: pgettext_lazy("receiver", "the pupil's teachers"),
    Receiver.HEAD: pgettext_lazy("receiver", "the principal"),
    Receiver.OFFICE: pgettext_lazy("receiver", "the school's office"),
    Receiver.BODY: pgettext_lazy("receiver", "the body responsible"),
    Receiver.ARCHIVE: pgettext_lazy("receiver", "the archive"),
    Receiver.CHECKERS: pgettext_lazy("receiver", "whoever is shown a document and checks it"),
    Receiver.STORE: pgettext_lazy("receiver", "the ministry's store of transcripts, where a country has one"),
    Receiver.CARRIERS: pgettext_lazy("receiver", "carriers of e-mail, text messages and pushes"),
}
SPANS: Mapping[Span, Word] = {
    Span.EVER: _("For ever: the archive law says so"),
    Span.PLAN: _("As the school's plan says, in whole school years"),
    Span.SCHOOLING: _("As long as you belong to a school, and after that as the archive law says"),
    Span.CHOSEN: _("Until you take it back"),
    Span.LOGINS: _("90 days after the login ended"),
    Span.LOG: _("Five years at least"),
}
OMITTED: Mapping[Omitted, Word] = {
    Omitted.OTHERS: _("What is about other persons is left out (GDPR article 15.4)."),
    Omitted.HEAD_ONLY: _("Health notes for the principal alone are left out: ask the principal."),
    Omitted.NOT_BUILT: _("Something of this kind cannot be given out here yet: ask the school."),
}
ANSWERS: Mapping[RequestState, tuple[Word, str]] = {
    RequestState.ASKED: (_("Waits for the school"), "info"),
    RequestState.GRANTED: (_("Corrected"), "success"),
    RequestState.PARTLY: (_("Corrected in part"), "success"),
    RequestState.REFUSED: (_("Not corrected"), "danger"),
    RequestState.WITHDRAWN: (_("Withdrawn"), "neutral"),
}
CATEGORIES: Mapping[Category, Word] = {
    Category.ATTENDANCE: _("Absences of lessons, with their history"),
    Category.LEAVES: _("Reports and requests for leave"),
    Category.REMARKS: _("Remarks"),
    Category.MARKS: _("Marks of the diary"),
    Category.HEALTH: _("Health notes that are over"),
    Category.ASSESSMENTS: _("Written assessments"),
    Category.GRADES: _("Decided grades"),
    Category.DOCUMENTS: _("Issued documents"),
    Category.VIEWS: _("The log of who saw what"),
    Category.MESSAGES: _("Conversations with what was enclosed"),
    Category.EVENTS: _("Events with their answers, and news"),
    Category.FORMS: _("Forms with answers and consents"),
    Category.CARE: _("Care hours, arrivals, and who may collect"),
    Category.PORTFOLIO: _("Portfolio with pictures"),
    Category.TALKS: _("Talks with preparations and minutes"),
    Category.PLANS: _("Plans, statements and development plans"),
    Category.SUPPORT: _("Questions to the school, and receptions"),
    Category.NOTICES: _("Notices that reached nobody, and registrations that are over"),
}
LISTS: Mapping[ListState, tuple[Word, str]] = {
    ListState.PROPOSED: (_("Proposed"), "info"),
    ListState.APPROVED: (_("Approved"), "warning"),
    ListState.RUNNING: (_("Is being carried out"), "warning"),
    ListState.DONE: (_("Carried out"), "success"),
    ListState.DROPPED: (_("Dropped"), "neutral"),
}
SEEN: Mapping[str, Word] = {
    "name": _("The name, on a page"),
    "document": _("An issued document"),
    "diary.health.seen": _("Health notes"),
    "custody.lookup.opened": _("Schools and documents of all years"),
    "custody.copy.printed": _("A copy of a document"),
    "keeping.extract.fetched": _("Everything that is held, as a file"),
    "people.legal_persons.read": _("Name and number, for a document"),
}
PURPOSES: Mapping[str, Word] = {
    "name": _("Work with the class, the school or a document"),
    "document": _("The document was opened or fetched"),
    "diary.health.seen": _("Whoever teaches has to know"),
    "custody.lookup.opened": _("Somebody looked up the pupil and said what for; the reason is kept at the school"),
    "custody.copy.printed": _("Somebody asked for a copy or an extract"),
    "keeping.extract.fetched": _("Somebody who may asked for it (GDPR article 15)"),
    "people.legal_persons.read": _("A document was made that has to name the person"),
}
