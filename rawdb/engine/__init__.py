"""The engine: statements, pools, transactions and retry. It knows nothing of instances or shares."""
