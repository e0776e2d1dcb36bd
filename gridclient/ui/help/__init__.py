"""The help page: what the operator can read without a line."""
