"""The tree of areas with their open and overdue cases."""
