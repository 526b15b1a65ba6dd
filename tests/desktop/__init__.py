"""The widgets and what they are made of."""
