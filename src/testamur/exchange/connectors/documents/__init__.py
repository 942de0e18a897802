"""Finished PDF documents from any student system, with a register file that says whose they are and who signs."""
