"""What is taught: subjects, courses, modules, and which jurisdiction pack applies where and when.

Words: a *subject* comes from the law's list or is the authority's own; a *course* has credits and may have *modules*
(Swedish *provkod*); a *pack in force* says which jurisdiction pack governs an organisation path in a period. Places are
organisation paths as plain text, since units live in the storey's next package.

Refuses: two packs for one form of school at one path at one time, credits below zero, a second deciding module.
"""
