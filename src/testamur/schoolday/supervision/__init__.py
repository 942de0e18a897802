"""What a body responsible sees of its schools: counts by step, trend, who is late and why, reminders, a closing report.

Words: the *board* adds up the standings of class years below a place; the *trend* keeps one count a day; a *reminder*
is sent to whoever a step waits for; the *closing report* is the evaluation when a plan ends.

Refuses: showing pupils or marks. Nothing here compares pupils, classes or teachers by results: it counts work done.
"""
