"""What a university studies, from files: courses and modules, occasions, registrations, exams, sign-ups, credits.

For a university whose student registry has no interface, and for a start with what was before. Refuses row by row and
says why; never changes what stands there otherwise, and never registers anybody who is not in the register.
"""
