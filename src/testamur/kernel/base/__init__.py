"""Pure ground: Actor, Refused, ids, clock, text. Imports nothing but the standard library."""
