"""The demo county: ground, people, units and cases that are invented for a first look. A real desk uses nothing of
it."""
