"""The lemlist API: its address, its key, one request, the shape of its answers."""
