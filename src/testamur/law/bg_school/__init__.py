"""Bulgarian school under Ordinance 11 of 2016: marks from 2 to 6, averages, absences, the class diary.

Says what the ordinances allow; refuses the rest with a code that starts with ``bg.school``. `pack.PACK` is the object
the product uses; `tables` holds the facts with their sources, `rules` what decisions must satisfy, `marks` how averages
are reckoned and worded, `diary` the daily part, `corrections` how an obvious error is put right.
Words: *текуща* of the day, *срочна* of the term, *годишна* of the year, *слаб … отличен* poor … excellent, *бележка*
remark, *паралелка* class, *дневник* class diary.
"""
