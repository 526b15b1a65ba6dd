"""The history as charts and tables, and diagnostics."""
