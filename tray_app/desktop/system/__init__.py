"""What comes from the computer: threads, buses, signals, other instances, its locale."""
