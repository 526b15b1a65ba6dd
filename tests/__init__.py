"""Tests, the virtual desktop they and the demo run on, and readers of what it shows."""

from pathlib import Path

PROJECT = Path(__file__).parent.parent
"""The folder that holds all of the project."""
