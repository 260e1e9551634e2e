"""What is solved before it flies: ascent, return, passes, deorbit, bank."""
