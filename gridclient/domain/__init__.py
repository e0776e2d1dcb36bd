"""The rules of the field. Standard library only; no clock, no input or output, no text for users."""
