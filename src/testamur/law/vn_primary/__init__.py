"""Vietnamese primary school under Circular 27/2020/TT-BGDĐT: levels, periodic tests, qualities, year result, awards.

Says what the circular allows; refuses the rest with a code that starts with ``vn.primary``. `pack.PACK` is the object
the product uses; `tables` holds the facts with their sources, `rules` what decisions must satisfy, `results` what is
reckoned at the end of a year, `corrections` how a transcript is put right.
Words: *mức đạt được* level reached (T/H/C), *bài kiểm tra định kì* periodic test, *phẩm chất* quality, *năng lực*
competence, *kết quả giáo dục* year result, *khen thưởng* award, *học bạ* transcript.
"""
