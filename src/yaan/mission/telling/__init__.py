"""A flight told in numbers: budgets, verdicts, the summary, the run folder."""
