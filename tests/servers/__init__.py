"""Servers that misbehave."""
