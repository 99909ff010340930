"""What the offline tablet costs: bytes, time to open, to save, to unlock and to send. `make bench-field` prints it."""
