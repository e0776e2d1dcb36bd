"""Synchronisation on the desk: two lamps, the sync page, and the page where a person chooses between two sides."""
