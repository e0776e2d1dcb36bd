"""今日必办: the saved filters that a shift is worked from."""
