"""Who may use which address: the one readable table. Whoever is not named here is turned away.

`HERE` is the first school, `SIBLING` another of the same body, `FOREIGN` one of another body in another country.
Only those roles stand in the table that the matrix test plays (`ROLES`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tests.security.place import Place

HERE, SIBLING, FOREIGN = Place.HERE, Place.SIBLING, Place.FOREIGN
Who = Mapping[Place, frozenset[str]]

ROLES: Mapping[str, tuple[str, str]] = {
    "anonymous": ("", ""),
    "authority_administrator": ("authority_administrator", ""),
    "administrator": ("administrator", ""),
    "principal": ("principal", ""),
    "teacher": ("teacher", ""),
    "class_teacher": ("vn_teacher", "class_teacher"),
    "delegate": ("delegate", ""),
    "archivist": ("archivist", ""),
    "other_administrator": ("other_administrator", ""),
    "other_principal": ("other_principal", ""),
    "guardian": ("guardian", ""),
    "other_guardian": ("other_guardian", ""),
    "pupil": ("pupil", "self"),
    "adult": ("adult", "self"),
}
"""Role → person of the world, hat where it is not named like the person."""


def at(*, here: Iterable[str] = (), sibling: Iterable[str] = (), foreign: Iterable[str] = ()) -> Who:
    """By place."""
    return {HERE: frozenset(here), SIBLING: frozenset(sibling), FOREIGN: frozenset(foreign)}


def anywhere(*roles: str) -> Who:
    """Whatever the form or the query names: the address is about the visitor alone."""
    return at(here=roles, sibling=roles, foreign=roles)


EVERYBODY = anywhere(*ROLES)
KNOWN = anywhere(*(role for role in ROLES if role != "anonymous"))
NOBODY = at()

ADMINISTRATORS = at(
    here=("authority_administrator", "administrator"), sibling=("authority_administrator", "other_administrator")
)
ADMINISTRATORS_ANYWHERE = anywhere("authority_administrator", "administrator", "other_administrator")
LEADERS = at(  # those who lead or administer a school
    here=("authority_administrator", "administrator", "principal"),
    sibling=("authority_administrator", "other_administrator", "other_principal"),
)
READERS = at(  # those who read a school's documents
    here=("authority_administrator", "administrator", "principal", "archivist"),
    sibling=("authority_administrator", "other_administrator", "other_principal"),
)
OFFICE_ANYWHERE = anywhere(
    "authority_administrator", "administrator", "principal", "archivist", "other_administrator", "other_principal"
)
AUTHORITY = at(here=("authority_administrator",), sibling=("authority_administrator",))
AUTHORITY_ANYWHERE = anywhere("authority_administrator")
SIGNERS_ANYWHERE = anywhere("principal", "teacher", "class_teacher", "delegate", "other_principal")
STAFF_ANYWHERE = anywhere(
    "authority_administrator", "administrator", "principal", "archivist", "other_administrator", "other_principal",
    "teacher", "class_teacher", "delegate",
)  # fmt: skip
SIGNED_IT = at(here=("principal",), sibling=("other_principal",), foreign=("class_teacher",))
CEREMONY = at(here=("teacher",), sibling=("other_principal",), foreign=("class_teacher",))
GIVES = at(  # who may give a lesson of the class, and decide about its absences
    here=LEADERS[HERE], sibling=LEADERS[SIBLING], foreign=("class_teacher",)
)
SCHOOL_STAFF = at(  # those of the school itself: the body responsible is told totals alone
    here=("administrator", "principal"), sibling=("other_administrator", "other_principal")
)
REPORTED = at(here=SCHOOL_STAFF[HERE], sibling=SCHOOL_STAFF[SIBLING], foreign=("class_teacher",))
TEACHES = at(here=("principal",), sibling=("other_principal",), foreign=("class_teacher",))  # the class
PLANNERS_ANYWHERE = anywhere(
    "authority_administrator", "administrator", "principal", "other_administrator", "other_principal", "class_teacher"
)
REGISTERS = at(  # those who say whose address it is
    here=("authority_administrator", "administrator", "principal"),
    sibling=("authority_administrator", "other_administrator", "other_principal"),
    foreign=("class_teacher",),
)
REGISTERS_ANYWHERE = anywhere(
    "authority_administrator", "administrator", "principal", "class_teacher", "other_administrator", "other_principal"
)
LOOKED_UP = at(here=("administrator",), sibling=("other_administrator",))  # whoever has opened it, and no other
KEEPERS = at(here=("authority_administrator", "archivist"), sibling=("authority_administrator",))
SCHOOLED = at(  # everybody who works at the school, or above it
    here=("authority_administrator", "administrator", "principal", "teacher", "delegate", "archivist"),
    sibling=("authority_administrator", "other_administrator", "other_principal"),
    foreign=("class_teacher",),
)
REPORTED_TO = at(here=LEADERS[HERE], sibling=LEADERS[SIBLING], foreign=("class_teacher",))
FAMILY_ANYWHERE = anywhere("guardian", "other_guardian", "pupil", "adult")
FAMILY = at(here=("guardian", "pupil"), sibling=("other_guardian",))
LEARNT = at(  # who teaches the class, and the family of the child
    here=("principal", "guardian", "pupil"), sibling=("other_principal", "other_guardian"), foreign=("class_teacher",)
)
SAFEGUARDS = at(here=("principal",), sibling=("other_principal",))
HANDS_OVER = at(  # who hands the child over, and its guardians
    here=(*LEADERS[HERE], "guardian"), sibling=(*LEADERS[SIBLING], "other_guardian"), foreign=("class_teacher",)
)
GUARDIANS = at(here=("guardian",), sibling=("other_guardian",))
RECEIPT = at(  # of a consent: whoever signed it, and who leads or administers the school
    here=("guardian", *LEADERS[HERE]), sibling=("other_guardian", *LEADERS[SIBLING])
)
ASKED = at(here=("administrator",), sibling=("other_administrator",))
SHARED = at(here=("guardian", "pupil"), sibling=("other_guardian",))

PLANNED = at(  # everybody with a post at the body or one of its schools, but who neither leads, teaches nor administers
    here=(
        "authority_administrator", "administrator", "principal", "teacher", "other_administrator", "other_principal",
    ),
    sibling=(
        "authority_administrator", "administrator", "principal", "teacher", "other_administrator", "other_principal",
    ),
    foreign=("class_teacher",),
)  # fmt: skip
PLANNED_ANYWHERE = anywhere(*PLANNED[HERE], "class_teacher")
JOINS = at(
    here=("administrator", "principal", "other_administrator", "other_principal"),
    sibling=("administrator", "principal", "other_administrator", "other_principal"),
)
HATTED = anywhere(*(role for role in ROLES if role != "anonymous"))
QUESTIONED = at(  # whoever asked, and the office that answers; the body is asked when it is handed on
    here=("guardian", "administrator", "principal"),
    sibling=("other_guardian", "other_administrator", "other_principal"),
)
CONTACT_EDITORS = anywhere(
    "authority_administrator", "administrator", "principal", "other_administrator", "other_principal"
)
CONTACTS = at(here=("administrator", "principal"), sibling=("other_administrator", "other_principal"))
LEADERS_ANYWHERE = CONTACT_EDITORS
TEACHES_OR_LEADS = at(here=LEADERS[HERE], sibling=LEADERS[SIBLING], foreign=("class_teacher",))
LAUNCHES = at(
    here=(*LEADERS[HERE], "guardian", "pupil"),
    sibling=(*LEADERS[SIBLING], "other_guardian"),
    foreign=("class_teacher",),
)

MESSAGES_ANYWHERE = anywhere(*(role for role in ROLES if role != "anonymous"))
STAFFED_ANYWHERE = anywhere(
    "administrator", "principal", "teacher", "class_teacher", "other_administrator", "other_principal"
)
LETTERED_ANYWHERE = anywhere("authority_administrator", *STAFFED_ANYWHERE[HERE])  # the body writes to a school
WRITERS_ANYWHERE = anywhere(*LETTERED_ANYWHERE[HERE], *FAMILY_ANYWHERE[HERE])
TELLERS_ANYWHERE = anywhere("administrator", "principal", "class_teacher", "other_administrator", "other_principal")
WROTE = at(here=("principal",), sibling=("other_principal",), foreign=("class_teacher",))
AWAY = WROTE
PARTAKE = at(here=("principal", "guardian"), sibling=("other_principal", "other_guardian"), foreign=("class_teacher",))

ALLOWED: Mapping[str, Who] = {
    # Everybody: pages that name nobody.
    "public:home": EVERYBODY,
    "public:verify": EVERYBODY,
    "public:offline": EVERYBODY,
    "public:trust": EVERYBODY,
    "public:code": EVERYBODY,
    "public:status-list": EVERYBODY,
    "public:log": EVERYBODY,
    "public:help": EVERYBODY,
    "public:eid-help": EVERYBODY,
    "public:contact": EVERYBODY,
    "public:join": EVERYBODY,
    "public:privacy": EVERYBODY,
    "public:accessibility": EVERYBODY,
    "public:status": EVERYBODY,
    "public:robots": EVERYBODY,
    "public:health": EVERYBODY,
    "public:sms-report": NOBODY,  # only for a carrier that has the token
    "public:inbox": NOBODY,  # only in a demonstration
    "public:calling": NOBODY,  # only in a demonstration
    # A telephone carrier, which signs or has a secret.
    "phone:voice": NOBODY,
    "phone:step": NOBODY,
    "phone:ended": NOBODY,
    "phone:sms": NOBODY,
    "phone:audio": NOBODY,  # recordings, where the installation has some
    "shell:appearance": EVERYBODY,
    "shell:manifest": EVERYBODY,
    "shell:gallery": NOBODY,  # only in a demonstration
    "shared:open": EVERYBODY,  # asks for the PIN
    "shared:original": EVERYBODY,  # back to the PIN
    # Logging in. A try belongs to the browser that began it; here it is somebody else's.
    "account:login": EVERYBODY,
    "account:demo": NOBODY,  # only in a demonstration
    "account:unknown": EVERYBODY,
    "account:bankid-start": EVERYBODY,
    "account:bankid": NOBODY,
    "account:bankid-return": NOBODY,
    "account:bankid-cancel": NOBODY,
    "account:oidc-return": NOBODY,
    "account:oidc": EVERYBODY,
    "account:saml": EVERYBODY,
    "account:saml-acs": NOBODY,
    "account:saml-return": NOBODY,
    "account:saml-metadata": NOBODY,
    "account:saml-slo": NOBODY,
    "account:saml-leave": NOBODY,
    "account:saml-leave-go": NOBODY,
    "account:passkey-start": EVERYBODY,
    "account:passkey": EVERYBODY,  # back to the ways to log in
    "account:sms": EVERYBODY,
    "account:sms-code": EVERYBODY,  # asks for the code, whether there is such a try or not
    "account:preferences": EVERYBODY,
    "account:logout": EVERYBODY,
    "account:language": EVERYBODY,
    # Registering with a pupil code asks for the code; what is said tells nobody whether it was right.
    "notices:register": EVERYBODY,
    "notices:prove": EVERYBODY,
    "notices:worker": EVERYBODY,
    "notices:stop": NOBODY,  # only with a link of ours
    # One's own account.
    "account:confirm": KNOWN,
    "account:totp": KNOWN,
    "account:recovery": KNOWN,
    "account:roles": KNOWN,
    "account:sessions": KNOWN,
    "account:end-others": KNOWN,
    "account:end": at(here=("administrator",), sibling=("other_administrator",)),  # whose login it is
    "account:methods": KNOWN,
    "account:add-passkey": KNOWN,
    "account:remove-passkey": NOBODY,  # somebody else's
    "account:add-totp": KNOWN,
    "account:remove-totp": KNOWN,
    "account:renew-codes": KNOWN,
    "account:consent": KNOWN,
    "account:set-consent": NOBODY,  # the pupil is no adult yet, all others are not the child
    # The notice board of the body responsible.
    "board:home": AUTHORITY_ANYWHERE,
    "board:publish": AUTHORITY_ANYWHERE,
    "board:withdraw": AUTHORITY,
    "board:outage": AUTHORITY_ANYWHERE,
    "board:end": AUTHORITY_ANYWHERE,
    "board:handle": AUTHORITY,
    # The office.
    # Questions, contacts, protected persons, places in other systems.
    "support:home": HATTED,
    "support:ask": HATTED,
    "support:question": QUESTIONED,
    "support:act": QUESTIONED,
    "support:page_help": EVERYBODY,
    "support:school": EVERYBODY,
    "support:contacts": CONTACT_EDITORS,
    "support:contact": CONTACTS,
    "support:cases": LEADERS_ANYWHERE,
    "support:case": LEADERS,
    "support:case_act": LEADERS,
    "support:links": TEACHES_OR_LEADS,
    "support:links_end": TEACHES_OR_LEADS,
    "support:tools": AUTHORITY_ANYWHERE,
    "support:tools_end": AUTHORITY_ANYWHERE,
    "support:launch": LAUNCHES,
    "support:authorize": NOBODY,  # only with the word that a launch gave to the tool
    "search:home": HATTED,
    "office:home": READERS,
    "office:act": ADMINISTRATORS,
    "office:overview": READERS,
    "office:group": LEADERS,
    "office:group_act": ADMINISTRATORS,
    "office:works": OFFICE_ANYWHERE,
    "office:work": READERS,
    "office:preview": READERS,
    "office:pdf": READERS,
    "office:documents": READERS,
    "office:record": READERS,
    "office:original": READERS,
    "office:check": READERS,
    "office:annul": ADMINISTRATORS,
    "office:decisions": LEADERS,
    "office:remake": ADMINISTRATORS,
    "office:correct": LEADERS,
    "office:imports": OFFICE_ANYWHERE,  # what was imported before
    "POST office:imports": ADMINISTRATORS_ANYWHERE,
    "office:load": ASKED,
    "office:give_up": ASKED,
    "office:report": ASKED,
    "office:diary_import": ADMINISTRATORS,
    "office:diary_mapping": ASKED,  # whoever sent the table
    "office:export": LEADERS,
    "office:export_fetch": ASKED,  # whoever asked for it
    "office:follow": READERS,
    "office:follow_act": ADMINISTRATORS,
    "office:releases": READERS,
    "office:plan": ADMINISTRATORS,
    "office:release": ADMINISTRATORS,
    "office:programs": AUTHORITY_ANYWHERE,
    "office:program_add": AUTHORITY_ANYWHERE,
    "office:program_end": AUTHORITY,
    "office:seals": OFFICE_ANYWHERE,  # a school is told who looks after the seal
    "office:seal_request": AUTHORITY_ANYWHERE,
    "office:seal": AUTHORITY,
    "office:seal_school": OFFICE_ANYWHERE,  # leads on; the page itself asks
    "office:school_seals": ADMINISTRATORS,
    "office:school_seal_request": AUTHORITY,
    "office:seal_pem": AUTHORITY,
    "office:seal_install": AUTHORITY,
    "office:seal_try": AUTHORITY,
    "office:seal_retire": AUTHORITY,
    "office:people": READERS,
    "office:appoint": LEADERS,
    "office:end_post": LEADERS,
    "office:signer": LEADERS,
    "office:sights": AUTHORITY,
    # A school's own data. Principals look at pupils, plan who teaches what and when; they register nobody.
    "office:register_units": AUTHORITY_ANYWHERE,
    "office:register": LEADERS,
    "office:register_years": LEADERS,
    "POST office:register_years": AUTHORITY,
    "office:register_holidays": LEADERS,
    "office:register_classes": LEADERS,
    "POST office:register_classes": ADMINISTRATORS,
    "office:register_staff": ADMINISTRATORS,
    "office:register_group": LEADERS,
    "POST office:register_group": ADMINISTRATORS,
    "office:register_choose": NOBODY,  # the group is a class: pupils come into it otherwise
    "office:register_members": NOBODY,  # as above
    "office:register_new": ADMINISTRATORS,
    "office:register_plan": LEADERS,
    "office:register_plan_save": LEADERS,
    "office:register_timetable": LEADERS,
    "office:register_slot_end": NOBODY,  # no lesson is named
    "office:register_slot_move": NOBODY,  # as above
    "office:register_pupil": LEADERS,
    "POST office:register_pupil": ADMINISTRATORS,
    "office:register_move": ADMINISTRATORS,
    "office:register_leave": ADMINISTRATORS,
    "office:register_code": LEADERS,
    "office:register_protection": ADMINISTRATORS,
    "office:register_guardian": ADMINISTRATORS,
    "office:register_guardianship": ADMINISTRATORS,
    # Signing. Posts of one's own count, whatever role is worn; a ceremony belongs to its signer.
    "staff:home": SIGNERS_ANYWHERE,
    "staff:signed": SIGNERS_ANYWHERE,
    "staff:document": SIGNED_IT,
    "staff:pdf": SIGNED_IT,
    "staff:decline": SIGNERS_ANYWHERE,  # back home: nothing is chosen
    "staff:review": SIGNERS_ANYWHERE,
    "staff:start": SIGNERS_ANYWHERE,
    "staff:ceremony": CEREMONY,
    "staff:begin": CEREMONY,
    "staff:cancel": CEREMONY,
    "staff:back": CEREMONY,
    "staff:app": CEREMONY,
    "staff:answer": CEREMONY,
    "staff:confirm": CEREMONY,
    "staff:progress": CEREMONY,
    "staff:certificate": CEREMONY,
    "staff:certificate-choose": CEREMONY,
    "staff:certificate-other": CEREMONY,
    "staff:certificate-request": NOBODY,  # no certificate is chosen yet
    "staff:certificate-answer": CEREMONY,
    "staff:service-find": NOBODY,  # the key is on the signer's own computer
    "staff:service-choose": NOBODY,  # as above
    "staff:service-code": NOBODY,  # as above
    "staff:service-authorise": NOBODY,  # as above
    "staff:service-leave": NOBODY,  # as above
    "staff:service-returned": NOBODY,  # nobody left for the service
    # Lessons, attendance, absences and leave.
    "diary:today": SIGNERS_ANYWHERE,
    "diary:day": LEADERS,
    "diary:add_lesson": SIGNERS_ANYWHERE,  # back to the day: nothing is chosen
    "diary:lesson": GIVES,
    "diary:save_lesson": GIVES,
    "diary:undo_lesson": GIVES,
    "diary:cancel_lesson": GIVES,
    "diary:substitute": LEADERS,
    "diary:absences": GIVES,
    "diary:excuse": GIVES,
    "diary:leaves": STAFF_ANYWHERE,
    "diary:decide_leave": GIVES,  # administrators are told that another post decides
    "diary:completeness": LEADERS,
    # Marks: who teaches the subject in the class, and who leads the school.
    "diary:classes": SIGNERS_ANYWHERE,
    # The year of a class: where the law closes moments, whoever enters there; the class teacher closes.
    "diary:moment": at(foreign=("class_teacher",)),
    "diary:moment_begin": at(foreign=("class_teacher",)),
    "diary:moment_save": at(foreign=("class_teacher",)),
    "diary:moment_fresh": at(foreign=("class_teacher",)),
    "diary:phrases": STAFF_ANYWHERE,
    "diary:retire_phrase": LEADERS,  # of the school; one's own are nobody else's
    "yearend:year": at(foreign=("class_teacher",)),
    "yearend:confirm": at(foreign=("class_teacher",)),
    "yearend:close": at(foreign=("class_teacher",)),
    "yearend:decide": at(foreign=("class_teacher",)),
    "yearend:award": at(foreign=("class_teacher",)),
    "yearend:again": at(foreign=("class_teacher",)),
    "yearend:own": at(foreign=("class_teacher",)),
    "yearend:promotions": NOBODY,  # the head of a Vietnamese school, who is none of these
    "yearend:promote": NOBODY,
    "diary:grid": TEACHES,
    "diary:grid_save": TEACHES,
    "diary:fresh": TEACHES,
    "diary:find_cell": TEACHES,
    "diary:cell": TEACHES,
    "diary:write_cell": TEACHES,
    "diary:add_task": TEACHES,
    "diary:enter": TEACHES,
    "diary:change_task": TEACHES,
    "diary:retire_task": TEACHES,
    # Texts about pupils: remarks for who works with the class, health by need to know, assessments by the subject.
    "diary:pupil": REPORTED,  # as reports: not for the body responsible
    "diary:remarks": REPORTED,
    "POST diary:remarks": TEACHES,
    "diary:withdraw_remark": TEACHES,
    "diary:health": TEACHES,
    "diary:end_health": TEACHES,
    "diary:assessments": TEACHES,
    "diary:publish": TEACHES,
    # Events: what concerns one's own school is a list for all its staff; planned by who has the class or the school.
    "diary:events": STAFF_ANYWHERE,
    "diary:plan": PLANNERS_ANYWHERE,
    "diary:event": GIVES,
    "diary:change_event": GIVES,
    "diary:cancel_event": GIVES,
    "diary:offer_times": GIVES,
    "diary:withdraw_times": GIVES,
    "diary:free_time": GIVES,
    # Timetables: what hangs at the classroom's door, for those who work at the school; changed by who leads it.
    "timetable:home": SCHOOLED,
    "timetable:mine": SIGNERS_ANYWHERE,
    "timetable:group": SCHOOLED,
    "timetable:teacher": SCHOOLED,
    "timetable:room": NOBODY,  # no room is named
    "timetable:pupil": REPORTED_TO,
    "timetable:changes": SCHOOLED,
    "timetable:away": LEADERS,
    "timetable:move": GIVES,
    "timetable:exams": SCHOOLED,
    "timetable:feed": SIGNERS_ANYWHERE,
    "timetable:renew": SIGNERS_ANYWHERE,
    "timetable:calendar": NOBODY,  # only for a calendar that has the secret address
    # Menus and school-year dates: public, and kept by the office.
    "menus:menus": OFFICE_ANYWHERE,
    "menus:week": LEADERS,
    "menus:day": LEADERS,
    "menus:copy": LEADERS,
    "menus:load": LEADERS,
    "menus:end": LEADERS,
    "menus:child": FAMILY,
    "menus:shown": EVERYBODY,
    "menus:calendar": EVERYBODY,
    "menus:data": EVERYBODY,
    "menus:dates": LEADERS,
    "menus:year": AUTHORITY,
    "menus:term": AUTHORITY,
    "menus:of": EVERYBODY,
    "menus:of_calendar": EVERYBODY,
    # Reports: figures of a school for who leads or administers it, of pupils only where one works with them.
    # Supervision: the body responsible (or an office of it) over the schools below.
    "handover:home": LEADERS_ANYWHERE,
    "handover:ask": TEACHES_OR_LEADS,
    "handover:again": TEACHES_OR_LEADS,
    "handover:rejected": LEADERS_ANYWHERE,
    "handover:class": TEACHES_OR_LEADS,
    "handover:record": TEACHES_OR_LEADS,
    "handover:steer": AUTHORITY,
    "handover:batch": AUTHORITY,
    "handover:receipt": AUTHORITY,
    "handover:withdraw": AUTHORITY,
    "supervision:home": AUTHORITY_ANYWHERE,
    "supervision:place": AUTHORITY,
    "supervision:late": AUTHORITY,
    "supervision:reminders": AUTHORITY,
    "supervision:remind": AUTHORITY,
    "supervision:trend": AUTHORITY,
    "supervision:reports": AUTHORITY,
    "supervision:draft": AUTHORITY,
    "supervision:report": AUTHORITY,
    "supervision:write": AUTHORITY,
    "supervision:close": AUTHORITY,
    "transcripts:home": STAFF_ANYWHERE,
    "transcripts:act": LEADERS,
    "transcripts:class": at(foreign=("class_teacher",)),  # the first school and its sibling have no such transcripts
    "transcripts:class_act": at(foreign=("class_teacher",)),
    "transcripts:correct": at(foreign=("class_teacher",)),
    "reports:home": STAFF_ANYWHERE,
    "reports:school": LEADERS,
    "reports:subject": SCHOOL_STAFF,
    "reports:teachers": SCHOOL_STAFF,
    "reports:class": REPORTED,
    "reports:pupil": REPORTED,
    "reports:risk": SCHOOL_STAFF,
    "reports:years": LEADERS,
    "reports:schools": OFFICE_ANYWHERE,
    "reports:completeness": LEADERS,
    "reports:registers": LEADERS,
    "reports:make_registers": ADMINISTRATORS,
    # Forms: asked by who has the class or the school; answered and signed by the family, whose receipt the school has.
    "forms:home": STAFF_ANYWHERE,
    "forms:new": PLANNERS_ANYWHERE,
    "forms:form": GIVES,
    "forms:change": GIVES,
    "forms:question": GIVES,
    "forms:publish": GIVES,
    "forms:discard": GIVES,
    "forms:remind": GIVES,
    "forms:close": GIVES,
    "forms:replace": GIVES,
    "forms:table": GIVES,
    "forms:forms": FAMILY,
    "forms:answer": FAMILY,
    "POST forms:answer": GUARDIANS,
    "forms:withdraw": GUARDIANS,
    "forms:sign": GUARDIANS,
    "forms:ceremony": GUARDIANS,
    "forms:begin": GUARDIANS,
    "forms:cancel": GUARDIANS,
    "forms:back": GUARDIANS,
    "forms:app": GUARDIANS,
    "forms:pressed": GUARDIANS,
    "forms:receipt": RECEIPT,
    "forms:receipt_file": RECEIPT,
    # Families.
    # The app: what it offers, and the ways to connect a device.
    "app:start": EVERYBODY,
    "app:connect": FAMILY_ANYWHERE,
    "app:leave": FAMILY_ANYWHERE,
    "app:home": FAMILY_ANYWHERE,
    "app:week": FAMILY,
    "app:absence": GUARDIANS,
    "mine:install": EVERYBODY,
    "mine:profile": FAMILY_ANYWHERE,
    "mine:app": FAMILY_ANYWHERE,
    "mine:end_device": NOBODY,  # somebody else's
    "mine:held": FAMILY_ANYWHERE,
    "mine:ask_extract": FAMILY,
    "mine:extract": GUARDIANS,  # whoever asked for it
    "mine:fetch_extract": GUARDIANS,
    "mine:print_extract": GUARDIANS,
    "mine:seen": FAMILY,
    "mine:requests": FAMILY_ANYWHERE,
    "mine:ask_correction": FAMILY,
    "mine:withdraw_correction": GUARDIANS,
    "custody:home": OFFICE_ANYWHERE,
    "custody:pupil": LOOKED_UP,
    "custody:original": LOOKED_UP,
    "custody:copy": LOOKED_UP,
    "custody:book": OFFICE_ANYWHERE,
    "custody:pdf": READERS,
    "custody:transfers": OFFICE_ANYWHERE,
    "custody:transfer": READERS,
    "custody:act": LEADERS,
    "keeping:requests": LEADERS,
    "keeping:decide": LEADERS,
    "keeping:lists": KEEPERS,
    "keeping:propose": KEEPERS,
    "keeping:list": KEEPERS,
    "keeping:act": KEEPERS,
    # Roll-out: a plan is of a body and its schools; who does not work there knows of none.
    "rollout:home": PLANNED_ANYWHERE,
    "rollout:plan": PLANNED,
    "rollout:new": AUTHORITY_ANYWHERE,
    "rollout:change": AUTHORITY,
    "rollout:act": AUTHORITY,
    "rollout:join": JOINS,
    "rollout:leave": JOINS,
    "rollout:first": HATTED,
    "rollout:put_away": HATTED,
    "rollout:practice": NOBODY,
    # Messages: who takes part in the conversation reads it, and nobody else, whatever the post.
    "messages:home": MESSAGES_ANYWHERE,
    "messages:write": WRITERS_ANYWHERE,
    "messages:away": STAFFED_ANYWHERE,
    "messages:end_away": AWAY,
    "messages:telling": LETTERED_ANYWHERE,
    "messages:news": TELLERS_ANYWHERE,
    "messages:take_back": GIVES,
    "messages:child": FAMILY,
    "messages:file": PARTAKE,
    "messages:withdraw": WROTE,
    "messages:conversation": PARTAKE,
    "messages:answer": PARTAKE,
    "messages:close": WROTE,
    "messages:mute": PARTAKE,
    "messages:off": WROTE,
    "family:home": FAMILY_ANYWHERE,
    "care:home": STAFF_ANYWHERE,
    "care:board": GIVES,
    "care:note": GIVES,
    "care:undo": GIVES,
    "care:child": GIVES,
    "care:caution": SAFEGUARDS,
    "care:end_caution": SAFEGUARDS,
    "care:fire": GIVES,
    "care:planning": GIVES,
    "care:arrange": LEADERS,
    "care:close": LEADERS,
    "care:reopen": LEADERS,
    "care:picture": HANDS_OVER,
    "care:week": FAMILY,
    "care:save": GUARDIANS,
    "care:copy": GUARDIANS,
    "care:regular": FAMILY,
    "POST care:regular": GUARDIANS,
    "care:collectors": GUARDIANS,
    "care:end_collector": GUARDIANS,
    "care:need": GUARDIANS,
    "care:tell": GUARDIANS,
    "family:marks": FAMILY,
    "family:year": NOBODY,  # these schools' law closes no years; its own tests show whose it is
    "family:absences": FAMILY,
    "family:leave": FAMILY,
    "POST family:leave": GUARDIANS,
    "family:consent": GUARDIANS,
    "family:withdraw": GUARDIANS,
    "family:week": FAMILY,
    "family:events": FAMILY,
    "family:event": FAMILY,
    "family:answer": FAMILY,
    "family:book": FAMILY,
    "family:feed": FAMILY,
    "family:renew": FAMILY,
    "family:calendar": NOBODY,  # only for a calendar that has the secret address
    "family:remarks": FAMILY,
    "family:assessments": FAMILY,
    "family:health": FAMILY,
    "family:compare": NOBODY,  # these schools' law compares no pupils by marks
    "family:record": FAMILY,
    "family:pdf": FAMILY,
    "family:original": FAMILY,
    "family:evidence": FAMILY,
    "family:check": FAMILY,
    "family:share": FAMILY,
    "family:results": anywhere("pupil", "adult"),  # one's own alone
    "family:elmo": NOBODY,  # nobody here has completed a course of a university; their own tests show that they work
    "family:badge": NOBODY,
    "family:badge_jwt": NOBODY,
    "family:shares": FAMILY_ANYWHERE,
    "family:revoke": SHARED,
    # What programs read: with a token of their own, which no visitor has.
    "api:token": EVERYBODY,  # told that there is no such grant
    "api:categories": NOBODY,
    "api:or_orgs": NOBODY,
    "api:or_schools": NOBODY,
    "api:or_academicSessions": NOBODY,
    "api:or_terms": NOBODY,
    "api:or_gradingPeriods": NOBODY,
    "api:or_courses": NOBODY,
    "api:or_classes": NOBODY,
    "api:or_users": NOBODY,
    "api:or_students": NOBODY,
    "api:or_teachers": NOBODY,
    "api:or_enrollments": NOBODY,
    "api:or_demographics": NOBODY,
    "api:or_orgs_one": NOBODY,
    "api:or_schools_one": NOBODY,
    "api:or_academicSessions_one": NOBODY,
    "api:or_terms_one": NOBODY,
    "api:or_gradingPeriods_one": NOBODY,
    "api:or_courses_one": NOBODY,
    "api:or_classes_one": NOBODY,
    "api:or_users_one": NOBODY,
    "api:or_students_one": NOBODY,
    "api:or_teachers_one": NOBODY,
    "api:or_enrollments_one": NOBODY,
    "api:or_demographics_one": NOBODY,
    "api:or_schools_classes": NOBODY,
    "api:or_schools_students": NOBODY,
    "api:or_schools_teachers": NOBODY,
    "api:or_schools_enrollments": NOBODY,
    "api:or_schools_courses": NOBODY,
    "api:or_schools_terms": NOBODY,
    "api:or_classes_students": NOBODY,
    "api:or_classes_teachers": NOBODY,
    "api:or_students_classes": NOBODY,
    "api:or_teachers_classes": NOBODY,
    "api:or_users_classes": NOBODY,
    "api:or_courses_classes": NOBODY,
    "api:or_terms_classes": NOBODY,
    "api:or_terms_gradingPeriods": NOBODY,
    "api:subscriptions": NOBODY,
    "api:subscription": NOBODY,
    "api:ss_log": NOBODY,
    "api:ss_statistics": NOBODY,
    "api:ss_organisations": NOBODY,
    "api:ss_organisations_lookup": NOBODY,
    "api:ss_organisations_one": NOBODY,
    "api:ss_persons": NOBODY,
    "api:ss_persons_lookup": NOBODY,
    "api:ss_persons_one": NOBODY,
    "api:ss_groups": NOBODY,
    "api:ss_groups_lookup": NOBODY,
    "api:ss_groups_one": NOBODY,
    "api:ss_duties": NOBODY,
    "api:ss_duties_lookup": NOBODY,
    "api:ss_duties_one": NOBODY,
    "api:ss_activities": NOBODY,
    "api:ss_activities_lookup": NOBODY,
    "api:ss_activities_one": NOBODY,
    "api:ss_calendarEvents": NOBODY,
    "api:ss_calendarEvents_lookup": NOBODY,
    "api:ss_calendarEvents_one": NOBODY,
    "api:ss_rooms": NOBODY,
    "api:ss_rooms_lookup": NOBODY,
    "api:ss_rooms_one": NOBODY,
    "api:ss_attendances": NOBODY,
    "api:ss_attendances_lookup": NOBODY,
    "api:ss_attendances_one": NOBODY,
    "api:ss_absences": NOBODY,
    "api:ss_absences_lookup": NOBODY,
    "api:ss_absences_one": NOBODY,
    "api:ss_attendanceSchedules": NOBODY,
    "api:ss_attendanceSchedules_lookup": NOBODY,
    "api:ss_attendanceSchedules_one": NOBODY,
    "api:ss_attendanceEvents": NOBODY,
    "api:ss_attendanceEvents_lookup": NOBODY,
    "api:ss_attendanceEvents_one": NOBODY,
    "api:ss_schoolUnitOfferings": NOBODY,
    "api:ss_schoolUnitOfferings_lookup": NOBODY,
    "api:ss_schoolUnitOfferings_one": NOBODY,
    "api:ss_placements": NOBODY,
    "api:ss_placements_lookup": NOBODY,
    "api:ss_placements_one": NOBODY,
    "api:ss_programmes": NOBODY,
    "api:ss_programmes_lookup": NOBODY,
    "api:ss_programmes_one": NOBODY,
    "api:ss_studyplans": NOBODY,
    "api:ss_studyplans_lookup": NOBODY,
    "api:ss_studyplans_one": NOBODY,
    "api:ss_resources": NOBODY,
    "api:ss_resources_lookup": NOBODY,
    "api:ss_resources_one": NOBODY,
    "api:ss_aggregatedAttendance": NOBODY,
    "api:category": NOBODY,
    "api:score_scales": NOBODY,
    "api:score_scale": NOBODY,
    "api:line_items": NOBODY,
    "api:line_item": NOBODY,
    "api:results": NOBODY,
    "api:result": NOBODY,
    "api:class_line_items": NOBODY,
    "api:class_results": NOBODY,
    "api:item_results": NOBODY,
    "api:student_results": NOBODY,
    "api:grades": NOBODY,
    "api:grades_lookup": NOBODY,
    "api:grade": NOBODY,
    "api:syllabuses": NOBODY,
    "api:syllabus": NOBODY,
    "api:syllabuses_lookup": NOBODY,
    "api:deleted": NOBODY,
    "api:roster_hook": NOBODY,  # only for a source that was told the address
    "api:badge": EVERYBODY,  # whether it holds; names nobody
    "api:badge_issuer": NOBODY,  # no badge was issued here
    "api:badge_key": NOBODY,
    "api:badge_revocations": NOBODY,
    # What learning platforms call; a launch that nobody here began, and roles of a university, are played elsewhere.
    "lti:keys": EVERYBODY,
    "lti:login": NOBODY,
    "lti:launch": NOBODY,
    "lti:room": NOBODY,
    "lti:rooms": NOBODY,
    "lti:unlink": NOBODY,
    "lti:platforms": NOBODY,
    "lti:end": NOBODY,
    # Result lists: roles of a university, which are played in test_university; nobody of a school comes in.
    "results:home": NOBODY,
    "results:open": NOBODY,
    "results:new": NOBODY,
    "results:list": NOBODY,
    "results:rows": NOBODY,
    "results:fetch": NOBODY,
    "results:comment": NOBODY,
    "results:graders": NOBODY,
    "results:title": NOBODY,
    "results:reveal": NOBODY,
    "results:unregistered": NOBODY,
    "results:discard": NOBODY,
    "results:send": NOBODY,
    "results:recall": NOBODY,
    "results:history": NOBODY,
    "results:review": NOBODY,
    "results:return": NOBODY,
    "results:sign": NOBODY,
    "results:seen": NOBODY,
    # Of the programme office: played in tests/surfaces/web/results/test_office_doors.
    "results:office": NOBODY,
    "results:admin_mode": NOBODY,
    "results:desks": NOBODY,
    "results:process": NOBODY,
    "results:propose": NOBODY,
    "results:registry": NOBODY,
    "results:transfer": NOBODY,
    "results:resolve": NOBODY,
    "results:retry": NOBODY,
    "results:subscriptions": NOBODY,
    "results:unsubscribe": NOBODY,
    "results:settings": NOBODY,
    "results:feedback": NOBODY,
    "results:log": NOBODY,
    "results:log_export": NOBODY,
    "results:correct": NOBODY,
    "results:archive_list": NOBODY,
    "results:enter": NOBODY,
    "results:paper": NOBODY,
    "results:remind": NOBODY,
    "results:corrections": NOBODY,
    # Learning: who teaches the class, and its head; of a child its own family.
    "learning:home": SIGNERS_ANYWHERE,
    "learning:demand": anywhere("principal", "other_principal"),
    "learning:group": TEACHES,
    "learning:new": TEACHES,
    "learning:library": TEACHES,
    "learning:portfolio": TEACHES,
    "learning:entry_new": TEACHES,
    "learning:developments": NOBODY,  # the law knows none in these classes
    "learning:draft": NOBODY,  # as above
    "learning:talks": TEACHES,
    "learning:talk_new": TEACHES,
    "learning:plan": TEACHES,
    "learning:change": TEACHES,
    "learning:act": TEACHES,
    "learning:matrix": TEACHES,
    "learning:matrix_pupil": TEACHES,
    "learning:entry": TEACHES,
    "learning:entry_act": TEACHES,
    "learning:entry_change": NOBODY,  # whoever wrote it
    "learning:development": TEACHES,
    "learning:write": TEACHES,
    "learning:talk": TEACHES,
    "learning:talk_act": TEACHES,
    "learning:picture": LEARNT,
    "learning:pdf": LEARNT,
    "learning:sign": LEARNT,
    "learning:ceremony": GUARDIANS,  # who began it
    "learning:answer": GUARDIANS,
    "learning:child": FAMILY,
    "learning:child_matrix": FAMILY,
    "learning:child_portfolio": FAMILY,
    "learning:export": FAMILY,
    "learning:drop": NOBODY,  # the picture of a work of one's own
    "learning:work": FAMILY,
    "learning:child_teaching": FAMILY,
    "learning:child_plan": FAMILY,
    "learning:child_talk": FAMILY,
    # What a family is told, and where; registrations and codes of a school, of a class teacher those of the class.
    "notices:choices": FAMILY_ANYWHERE,
    "notices:child": FAMILY,
    "notices:settings": FAMILY_ANYWHERE,
    "notices:test": FAMILY_ANYWHERE,
    "notices:pin": FAMILY_ANYWHERE,
    "notices:address": FAMILY_ANYWHERE,
    "notices:address_code": FAMILY_ANYWHERE,
    "notices:devices": FAMILY_ANYWHERE,
    "notices:forget_device": NOBODY,  # it is somebody else's
    "notices:registrations": REGISTERS_ANYWHERE,
    "notices:decide": REGISTERS,
    "notices:labels": REGISTERS_ANYWHERE,
    "notices:group_labels": REGISTERS,
    "notices:print_labels": REGISTERS,
    "notices:codes": REGISTERS,
}
"""Name of an address → who may use it, by where the thing lies that it is about. ``POST …``: sending needs more."""

SEES: Mapping[str, frozenset[Place]] = {
    "anonymous": frozenset(),
    "authority_administrator": frozenset({HERE, SIBLING}),
    "administrator": frozenset({HERE}),
    "principal": frozenset({HERE}),
    "teacher": frozenset({HERE}),
    "class_teacher": frozenset({FOREIGN}),
    "delegate": frozenset(),
    "archivist": frozenset({HERE}),
    "other_administrator": frozenset({SIBLING}),
    "other_principal": frozenset({SIBLING}),
    "guardian": frozenset({HERE}),
    "other_guardian": frozenset({SIBLING}),
    "pupil": frozenset({HERE}),
    "adult": frozenset(),
}
"""Role → the places of which it ever sees a pupil's name or number."""

SEES_PROTECTED = frozenset({"authority_administrator", "administrator", "principal"})
"""Those who work with the protected pupil of the first school. Nobody else sees name or number."""

ONLY_OWN_CHILD = frozenset({"guardian", "pupil"})
"""Of the first school these see one pupil alone."""

READS_WRITE = frozenset(
    {
        "accounts_attempt",  # a try at an identity provider begins with a link
        "accounts_limit",  # … and is counted
        "accounts_appdevice",  # … and a device of the app
        "accounts_login",  # that a login is in use
        "conversations_reading",  # up to where a conversation was read
        "diary_visit",  # up to when a family has seen a part of the diary
        "journal_entry",
        "keeping_extract",  # that it was fetched
        "records_retrieval",  # that an original was handed out
        "records_sight",  # that a protected name was seen
        "records_shareview",
    }
)
"""Tables that a page may write into when it is only looked at."""
