"""Desktops of the tests, and what looks at them."""
