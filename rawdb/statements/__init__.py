"""Statements: from files to texts that can be sent. Nothing here knows a connection.

One statement walks through these modules:

- `tokens` cuts a file's text into pieces, each with its place, and refuses what no SQL file may hold;
- `columns` are the declared columns, `live` those of a live database, `values` says what a value must be to enter one;
  `scopes` say which tables a name can mean at a place, `resolution` finds the column that a parameter meets;
- `segments` are what it is then made of: text, parameters, and the marked places that vary from call to call, of which
  `slots` has every kind, `inserts` those of new rows; `relations` are those that read rows of other tables, `criteria`
  the predicates and pages that fill some of them, `seeking` lets a page begin at its marker; `survey` is what all of a
  statement say together;
- `parsing` makes a `statement` of a block, `checks` look at its verb and its results; `parts` puts shared text in its
  place; `loading` reads a folder and lays a dialect's statements over the common ones;
- `compiled` is what a call needs: the key of its choices, and the finished text behind it, put together once;
- `documents` are the columns of a result that hold JSON; `queries` reads what a result holds, `expressions` a column of
  it, `words` are the pieces of SQL that it reads;
- `keys` tells from a finished text whether a unique key leads to its rows, so that a server may keep its plan;
- `effects` tells from a finished text what it does besides its result: whether it writes, leaves something in its
  session, does not want to wait;
- `variants` lists the texts that a statement can become, `export` writes them as plain files, and `adhoc` is for text
  that stands in no file.
"""
