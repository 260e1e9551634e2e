"""What flies: batches of legs, and their recordings."""
