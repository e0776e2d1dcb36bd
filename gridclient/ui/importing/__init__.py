"""The import page: a file is read, its columns and coordinate system are settled, then it is imported."""
