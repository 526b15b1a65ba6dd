"""The pictures that the project makes of itself."""
