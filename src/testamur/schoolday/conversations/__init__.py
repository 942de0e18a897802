"""Messages between school and home: conversations with threads, attachments and receipts of reading.

Words: a *conversation* has a subject and is written to a *circle*: the guardians or pupils of a class or school, one
child's guardians, the staff of a school, named colleagues, or (from a family) members of the school's staff. A *post*
is one message in it, with *attachments*. What a recipient answers stands in a *thread* of that person and the staff,
unless the writer lets all talk. A *reading* says up to where somebody has read; an *absence* of a teacher names a
substitute who reads along meanwhile.

Who is in a circle is asked of the register, when something is sent and again each time it is read. Whoever left the
school reads no more; whoever left a class keeps what was written until that day; whoever came later sees what was
written from the day of joining on. Nobody learns who else is in a circle, unless the writer lets all talk.

Refuses: a recipient whom the writer may not reach, an attachment that is not what it says, is too large or holds a
virus, a post in a closed conversation. Posts are never changed; a withdrawn one stays, without its words.
"""
