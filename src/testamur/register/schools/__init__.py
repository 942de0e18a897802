"""The organisation: units, school years, terms, groups, posts and enrolments.

Words: an *authority* is responsible for *schools*; a *group* is a class, a teaching group or a mentor group of one
school
in one school year; a *post* is a role that a person holds at a unit for a time; an *enrolment* is a pupil's place in a
school or group for a time. Every unit and group has a *path* such as ``/finsta/skolan-1/9a/``, and permission is
given by
path.

Refuses: two open class teachers of one class, two open enrolments of one pupil in one group, dates that run backwards.
"""
