"""Swedish compulsory school (grundskola): grades, written judgements, merit value, corrections.

Says what the law allows; refuses the rest with a code that starts with ``se.compulsory``. `pack.PACK` is the object
the product uses; `tables` holds the facts with their sources, `rules` what a decision and a document must satisfy,
`merit` what is reckoned from grades, `corrections` sections 3:19 and 3:20 of skollagen.
Words: *betyg* grade, *streck* the dash, *terminsbetyg* term report, *slutbetyg* final report, *betygskatalog* grade
catalogue, *omdöme* written judgement, *språkval* language choice, *meritvärde* merit value.
"""
