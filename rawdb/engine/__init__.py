"""The engine: connections, pools, transactions and retry. It knows nothing of instances or shares.

One call walks through these modules, from the outside in:

- `database` is what is configured: its statements, its pools, its `reader` and `writer`;
- `transactions` gives a block or a function its scope, shares the one that is open, and runs a function again;
- `calls` are the statements as functions: arguments completed, the finished text and its parameters, rows shaped;
- `anew` looks at tables again that were changed after they were read;
- `scope` is one transaction, or one stretch of lone statements, with the connection it holds;
- `pool` lends connections, `writer_lock` lets one writer at a time at a database that has room for no more;
- `connection` sends a text, translates what goes wrong, and knows whether it may be used again;
- `ahead` is what goes out with the next text, `open_streams` what is still being read;
- `retry` says what is worth another run, `options` what can be set, `hooks` who sees a text on its way out,
  `process` which process this is.
"""
