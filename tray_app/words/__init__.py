"""What is said to the user."""
