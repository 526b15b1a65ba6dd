"""A team that is watched: its key, its polls, its history."""
