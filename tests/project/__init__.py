"""The set-up, the packages, and the tests themselves."""
