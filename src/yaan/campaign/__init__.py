"""Many flights of one mission: sweeps over any of its keys, payload curves."""
