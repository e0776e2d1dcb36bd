"""The demo county: ground, people, units and cases made up for a first look; nothing here is used by a real desk."""
