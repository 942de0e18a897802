"""Import from other systems: read a bundle, map its keys to ours, load the rest when a row is wrong.

Words: a *bundle* is a folder, ZIP or single file as another system exports it; a *row* is one neutral fact read from
it (`rules`); a *defect* is one thing wrong with it, told with file, row and column; a *source* is the system that the
keys of a bundle belong to; a *run* is one import of one bundle, resumable by its cursor. Refuses: to guess an
ambiguous date, to load a row whose references are unknown, to delete a person.
"""
