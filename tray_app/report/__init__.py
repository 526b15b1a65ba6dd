"""A team's history as charts, tables and CSV, and what helps those who help."""
