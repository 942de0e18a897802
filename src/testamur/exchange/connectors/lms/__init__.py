"""Learning platforms by LTI 1.3 Advantage: who is in a course room, and what the platform graded.

Words: a *platform* is a Moodle, Canvas, itslearning … that an administrator entered; a *room* is one of its course
rooms, linked to a course occasion by the teacher who launched us from it; a *line item* is one graded task of a room.
Refuses: to log anybody in by a launch, to ask an address that an administrator did not enter, to follow a redirect, to
read more than its bounds, to guess who somebody is or which grade a number means, to take the day on which something
was graded for the day of the examination.

Sources: LTI Core 1.3, the 1EdTech Security Framework 1.0, Names and Role Provisioning Services 2.0, Assignment and
Grade Services 2.0, OneRoster 1.1 and 1.2 (CSV binding).
"""
