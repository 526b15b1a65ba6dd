"""The rules, and how well they hold."""
