"""Free constants found: a batch of flights a question, no flight known."""
