"""The verbs of people. One file per family of verbs; callers import them from here."""

from __future__ import annotations

from testamur.register.people.actions.family import register_guardian
from testamur.register.people.actions.identifiers import (
    add_identifiers,
    change_identifier,
    end_identifiers,
    issue_missing_codes,
    issue_pupil_codes,
    revoke_pupil_codes,
)
from testamur.register.people.actions.protection import choose_alias, end_need, legal_persons, let_know, set_protection
from testamur.register.people.actions.register import (
    AddressProtected,
    IdentifierTaken,
    PersonExists,
    move_persons,
    register_persons,
    set_facts,
    update_persons,
)
from testamur.register.people.actions.relations import (
    GuardianshipInvalid,
    add_contacts,
    add_guardianships,
    end_guardianships,
    remove_contacts,
    set_consent,
    verify_contact,
)

__all__ = [
    "AddressProtected",
    "GuardianshipInvalid",
    "IdentifierTaken",
    "PersonExists",
    "add_contacts",
    "add_guardianships",
    "add_identifiers",
    "change_identifier",
    "choose_alias",
    "end_guardianships",
    "end_identifiers",
    "end_need",
    "issue_missing_codes",
    "issue_pupil_codes",
    "legal_persons",
    "let_know",
    "move_persons",
    "register_guardian",
    "register_persons",
    "remove_contacts",
    "revoke_pupil_codes",
    "set_consent",
    "set_facts",
    "set_protection",
    "update_persons",
    "verify_contact",
]
