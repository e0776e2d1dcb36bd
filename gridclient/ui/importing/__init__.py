"""The import page: a file is looked into, its columns and its coordinate system are settled, then it goes in."""
