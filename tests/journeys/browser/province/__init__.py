"""Journeys of a province: a Vietnamese class from entry to delivery."""
