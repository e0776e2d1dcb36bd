"""The command bar: one line that finds commands, units, grids, states and cases."""
