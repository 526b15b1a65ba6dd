"""A team that is watched."""
