"""Seals of the body responsible and of its schools: keys, requests, certificates, how long they last, and a trial.

A school without a seal of its own uses that of its body.
"""
