"""Benchmarks: rawdb beside the bare drivers, and beside nova and manila. `make bench`, `make bench-peers`."""
