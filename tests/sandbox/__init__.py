"""The stand-in for lemlist."""
