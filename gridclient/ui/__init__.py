"""The desk's windows: features in folders, what they share in modules beside this one."""
