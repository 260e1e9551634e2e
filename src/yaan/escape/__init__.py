"""Crew escape: a branch of the flight from every instant of an ascent, flown in lanes."""
