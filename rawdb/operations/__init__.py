"""The documented operations, one module a domain, each beside the SQL file of the same name."""
