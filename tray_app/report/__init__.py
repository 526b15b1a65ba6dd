"""What is shown and told of a team: figures, charts, tables, CSV, JSON, and diagnostics. No Qt.

Times are whole seconds since the epoch (UTC), amounts credits. A ``zone`` of ``None`` is the
computer's own.
"""
