"""What a flight says: events, peaks, budgets, verdicts."""
