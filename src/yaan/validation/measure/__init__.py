"""How the cases are measured, one module a source of truth."""
