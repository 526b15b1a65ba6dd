"""What is said to the user. Others import the functions of these modules by name."""
