"""Supervision: the board of a body responsible, who is late, reminders, the course of time, the closing report."""
