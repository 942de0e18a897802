"""What becomes of each table of the province's transcripts: where its person reads it, and how long it stays.

None of them has a deletion of its own. Sources: Circular 27/2016 (the group is not decided, so Vietnam keeps);
Decree 23/2015/NĐ-CP (the book of copies); decision 0032 (who looked is told for as long as the log is).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from testamur.schoolday.keeping.rules.plan import Category
from testamur.schoolday.keeping.rules.purposes import Topic


@dataclass(frozen=True, slots=True)
class Stays:
    """One table. `topics`: where the extract shows it; empty for one that names nobody, or nobody for long.

    `as_category`: the line of the plan whose term it has; None: as `why` says.
    """

    topics: tuple[Topic, ...]
    as_category: Category | None
    why: str


_WORK = (Topic.WORK,)
TABLES: Mapping[str, Stays] = {
    "custody_lookup": Stays((Topic.SIGHTS, Topic.WORK), Category.VIEWS, "who looked and why: as the log of views"),
    "custody_guess": Stays((), None, "a search that led to nobody: gone an hour later, with the next such search"),
    "custody_copy": Stays((Topic.DOCUMENTS, Topic.WORK), Category.DOCUMENTS, "the office's book of copies"),
    "custody_transfer": Stays((Topic.SCHOOLING, Topic.WORK), Category.DOCUMENTS, "binds the years of two schools"),
    "transcripts_handover": Stays((Topic.DOCUMENTS,), Category.DOCUMENTS, "proves that the store has the record"),
    "transcripts_verification": Stays(_WORK, Category.DOCUMENTS, "on whose word the record was made"),
    "transcripts_classyear": Stays(_WORK, Category.DOCUMENTS, "counts of a class with its teacher"),
    "transcripts_follower": Stays((), None, "names nobody"),
    "supervision_daycount": Stays((), None, "names nobody"),
    "supervision_stand": Stays((), None, "names nobody"),
    "supervision_reminder": Stays(_WORK, Category.DOCUMENTS, "what the closing report tells of"),
    "supervision_reminded": Stays(_WORK, Category.DOCUMENTS, "that nobody is reminded twice a day, and why late"),
    "supervision_report": Stays(_WORK, Category.DOCUMENTS, "the closing report of a school year"),
    "rollout_plan": Stays(_WORK, Category.DOCUMENTS, "a decision of the body responsible"),
    "rollout_stage": Stays((), None, "names nobody"),
    "rollout_beginning": Stays((), None, "names nobody"),
    "rollout_joining": Stays(_WORK, Category.DOCUMENTS, "the school's own word"),
    "rollout_putaway": Stays(_WORK, None, "until the person has the list back"),
    "connectors_deliverysender": Stays((), None, "names nobody"),
    "connectors_deliverybatch": Stays((), None, "the XML names pupils and goes 400 days after the receipt"),
    "connectors_deliveryrow": Stays((), Category.DOCUMENTS, "names a record; its person reads the handover"),
}
"""Table → what becomes of it. Every table of these packages stands here, and a test asks for it."""
