"""Who studies what at a university: course occasions, registrations, examinations and those signed up, credits.

An *occasion* (kurstillfälle) is a course given in a period at a unit. A *registration* is a student's place in it; it
ends when the student interrupts or withdraws. An *exam* is held on a day, for a module or a whole course. A *credit* is
the university's decision that something done elsewhere stands for a module or a course (tillgodoräknande).

Refuses dates that run backwards, and a second registration of a student for the same occasion. Nobody is registered by
anything but the office or the student registry.
"""
