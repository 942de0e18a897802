"""Swedish higher education: results of modules and whole courses, their scales, final grades, corrections, documents.

Says what the higher education ordinance (högskoleförordningen, "HF") and local rules allow; refuses the rest with a
code that starts with ``se.university``. `pack.PACK` is the object the product uses; `tables` holds the facts with their
sources, `values` what people write, `rules` what decisions must satisfy, `final` how a final grade follows from
modules, `standing` what a student's decisions add up to, `corrections` how a decision is changed afterwards.
Words: *kurs* course, *provkod* or *modul* module, *högskolepoäng* (hp) credits, *examinator* the appointed teacher who
alone decides, *examinationsdatum* the day of the performance (never of the report), *rättelse* rectification,
*omprövning* re-examination, *tillgodoräknad* credited.
"""
