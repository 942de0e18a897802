"""The year of a class: its moments closed, results and awards confirmed, assessed again, promoted."""
