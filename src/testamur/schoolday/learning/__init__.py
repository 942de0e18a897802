"""What is taught and how a child gets on: plans, matrices, development plans, portfolio, talks.

Words: a *plan* is a teacher's for a group with goals of the curriculum; a *matrix* shows where a pupil stands by goal,
on any day; a *development plan* (IUP) is agreed at a talk and signed where the law asks; a *portfolio* holds pictures
and works; a *talk* is booked, held, and has minutes.

Refuses: a picture of a child without consent, a change of a signed plan, a statement about a pupil whom the writer does
not teach.
"""
