"""From the separation of the launcher to the sea: orbit, deorbit, entry, descent."""
