"""The client side of synchronisation: codec, rounds, their schedule, transports and files on a stick. Knows no SQL."""
