"""What is held of a person and for how long: extracts, requests for correction, deletion by a reviewed plan.

Words: an *extract* is everything that is held of one person (GDPR article 15); a *request* asks for a correction
(article 16) and is decided; a *plan* says what is kept for how long and why; a *list* proposes what is to be deleted,
is reviewed by a person, and then carried out.

Refuses: deleting what no reviewed list names, deleting what an archive has to keep.
"""
