"""What is shown and told of a team: figures, charts, tables, CSV, JSON, and diagnostics. No Qt.

Times are whole seconds since the epoch (UTC), amounts credits, days those of this computer.
"""
