"""The year's transcripts of a school, from missing data to the ministry's store.

Words: a *class year* is one class in one school year; its *standing* says how many pupils have reached which *step*
(`rules.Step`); *verifying* is a named person's word that the data of a class are complete and exact; *handing over* is
the delivery of a published record to the ministry's store, which answers with a *receipt* or a *rejection*.

Refuses: verifying what is incomplete, making documents of what nobody has verified, handing over one record twice.

Source: letter 1396/BGDĐT-GDTH of 27 March 2024 (complete data, verify, personal signatures, organisation's signature,
report to the department, the ministry's store).
"""
