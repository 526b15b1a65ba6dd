"""Everything on the screen, and everything Qt."""
