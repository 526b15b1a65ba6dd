"""A desktop tray widget that shows how many lemlist credits a team has left."""

__version__ = "0.1.0"
