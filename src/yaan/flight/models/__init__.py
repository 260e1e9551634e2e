"""From descriptions to models: SI numbers into PyTrees."""
