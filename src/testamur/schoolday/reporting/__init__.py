"""Result reporting at a university: lists of results, from the first grade typed to the definitive entry.

A *list* has a number that opens it. A *module list* (T33) grades one module, a *whole-course list* (T34) the final
grade, a *correction list* takes the place of decisions that stand. Rows are drafts until the list is *sent* to its
examiner; what was sent is a frozen *version* whose digest the documents carry. The examiner signs them on the main line
(`trust.records`); then the rows become decisions (`schoolday.results`), the office makes the *definitive entry* with a
*control number*, and the student is told. A *subscription* tells people that a final grade can be set.

Refuses: a grade off the scale, a passed grade without a date, a student twice in a list, a change of what was sent or
signed, an examiner who is none for the course, a signature on anything but the version that was sent.
"""
