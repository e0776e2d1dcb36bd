"""The settings page: look, limits, backups, base maps, licences."""
