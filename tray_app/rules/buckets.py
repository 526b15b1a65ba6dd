"""The kinds of credits that lemlist tells apart."""

BUCKETS = ("subscription", "paid", "gifted", "freemium")
"""In the order in which they are shown."""
