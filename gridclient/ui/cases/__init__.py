"""The list of cases with what narrows and orders it."""
