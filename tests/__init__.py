"""Tests, the virtual desktop they and the demo run on, and readers of what it shows."""
