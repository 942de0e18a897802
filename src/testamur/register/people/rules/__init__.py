"""Pure rules about persons: identifiers, names, pupil codes, contact data, protection and who sees whom."""

from __future__ import annotations

from testamur.register.people.rules.bulk import common_path, ids_digest
from testamur.register.people.rules.codes import CodeInvalid, make_alias, make_code, normalise_code, printed
from testamur.register.people.rules.contacts import (
    FORWARDING,
    Contact,
    ContactInvalid,
    ContactKind,
    ContactView,
    NewContact,
    normalise_contact,
    of_directory,
    phone_spellings,
)
from testamur.register.people.rules.guardians import (
    GuardianView,
    NewGuardianship,
    Relation,
    comes_of_age,
    guardian_reaches,
)
from testamur.register.people.rules.identifiers import (
    RANK,
    Identifier,
    IdentifierInvalid,
    IdentifierView,
    NewIdentifier,
    Scheme,
    parse_identifier,
)
from testamur.register.people.rules.names import NameInvalid, clean_name, display_name, fold, search_key
from testamur.register.people.rules.persons import (
    KEEP,
    Facts,
    LegalPerson,
    NewPerson,
    Parent,
    PersonUpdate,
    PersonView,
    Remark,
    Sex,
    Shown,
    remarks,
)
from testamur.register.people.rules.protection import LEVELS, Protection
from testamur.register.people.rules.sight import SMALL, alias_view, must_reach, reaches, suppress

__all__ = [
    "FORWARDING",
    "KEEP",
    "LEVELS",
    "RANK",
    "SMALL",
    "CodeInvalid",
    "Contact",
    "ContactInvalid",
    "ContactKind",
    "ContactView",
    "Facts",
    "GuardianView",
    "Identifier",
    "IdentifierInvalid",
    "IdentifierView",
    "LegalPerson",
    "NameInvalid",
    "NewContact",
    "NewGuardianship",
    "NewIdentifier",
    "NewPerson",
    "Parent",
    "PersonUpdate",
    "PersonView",
    "Protection",
    "Relation",
    "Remark",
    "Scheme",
    "Sex",
    "Shown",
    "alias_view",
    "clean_name",
    "comes_of_age",
    "common_path",
    "display_name",
    "fold",
    "guardian_reaches",
    "ids_digest",
    "make_alias",
    "make_code",
    "must_reach",
    "normalise_code",
    "normalise_contact",
    "of_directory",
    "parse_identifier",
    "phone_spellings",
    "printed",
    "reaches",
    "remarks",
    "search_key",
    "suppress",
]
