"""Messages between school and home: conversations with threads, attachments and receipts of reading.

Words: a *conversation* has a subject and *participants*; a *post* is one message in it, with *attachments*; a *receipt*
says who has read up to where. Whoever is written to as a group (the guardians of a class) never sees who else is in it.

Refuses: a recipient whom the writer may not reach, an attachment that is not what it says or too large, a post in a
closed conversation.
"""
