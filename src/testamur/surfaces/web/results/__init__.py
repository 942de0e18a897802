"""Result lists of a university in the browser: teachers, examiners, programme offices."""
