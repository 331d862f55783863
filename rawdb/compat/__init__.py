"""The other documented faces of the operations: the same names with the signatures and answers of other releases."""
