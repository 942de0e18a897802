"""What an entry of the journal says of a post, so that those who may read it are told that there is one."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from testamur.schoolday.conversations.models import Conversation, Post, Reading, Thread
from testamur.schoolday.conversations.queries.standing import private
from testamur.schoolday.conversations.rules import Circle


def told_refs(row: Conversation, post: Post | UUID, *, thread: Thread | None = None) -> dict[str, object]:
    """The refs that name the post and whose readers are told: a group's, a school's or one child's.

    ``only``: that one person alone, or with ``self`` the pupils alone; ``without``: those who muted the conversation.
    Nothing where no family is told.
    """
    refs: dict[str, object] = {"message": str(post.id if isinstance(post, Post) else post)}
    if row.circle in {Circle.STAFF, Circle.COLLEAGUES}:
        return {}
    if thread is not None:
        if thread.child is None:
            return {}
        refs |= {"pupils": [str(thread.child)], "only": str(thread.person)}
    elif row.circle in {Circle.CHILD, Circle.SCHOOL}:
        refs["pupils"] = [str(row.child)]
        if row.circle == Circle.SCHOOL and (not row.talk or private(row, on=timezone.localdate(row.last_at))):
            refs["only"] = str(row.made_by)
    elif row.group is not None:
        refs["group"] = str(row.group)
    else:
        refs["unit"] = str(row.unit)
    if row.circle == Circle.PUPILS and thread is None:
        refs["only"] = "self"
    muted = Reading.objects.filter(conversation=row, muted=True).values_list("person", flat=True)
    return refs | ({"without": sorted(map(str, muted))} if muted else {})
