"""Use cases: one function each. They know the domain and the ports they need, nothing of Qt, SQLite or files."""
