"""The diary of a school: lessons and attendance, marks, remarks, health, written assessments, leave.

Words: a *lesson* is one occurrence of the timetable (or beside it); a *task* is a column of the mark grid: a test, an
oral examination, the mark that closes a term; a *mark* is what a teacher wrote for one pupil in one task. A mark is no
decision: `results` makes those. Nothing is overwritten: a mark is corrected by a new row that names the old one, an
absence keeps every change. Refuses: a value off the pack's scale, a mark over somebody else's newer one, whoever does
not teach the group, a comparison that the law forbids or that would show fewer than five pupils.
"""
