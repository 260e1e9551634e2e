"""A mission flown: batches, steering, aborts, the ranking of assumptions."""
