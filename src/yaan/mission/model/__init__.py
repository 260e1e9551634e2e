"""From a checked mission to models: the world, the launcher, its phases, what is left free."""
