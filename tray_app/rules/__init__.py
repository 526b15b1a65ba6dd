"""Decisions, as pure functions of a state and the time: no clock, no I/O, no Qt."""
