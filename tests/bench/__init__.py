"""The benchmark: this program beside what it is built on, and beside its peers. See __main__.py."""
