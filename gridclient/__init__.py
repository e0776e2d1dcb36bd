"""gridclient: the desk of a township's command room (综合信息指挥室), working with or without a line."""

__version__ = "0.1.0"
