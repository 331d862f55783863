"""The documented operations, one module a domain, each beside the SQL file of the same name.

A domain of several files is a package with its public functions in `__init__`. Modules that begin with `_` hold what
several domains share: `_operation` makes a function an operation, `_rows` is what operations do with rows.
"""
