"""The popup: what a click on the icon shows."""
