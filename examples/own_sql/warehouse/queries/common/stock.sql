-- Stock: how many pieces of an article lie in the warehouse. It never sinks below nothing.

-- name: stock_get(article_id)$
-- The pieces of an article.
-- Index: primary key. Locks: none.
SELECT s.pieces
  FROM stock AS s
 WHERE s.article_id = :article_id;

-- name: stock_take(article_id, pieces)!
-- Take pieces, if so many are there: 1, or 0 and nothing is taken. Whoever takes the last one is decided here, by the
-- server, and by no read before it.
-- Index: primary key. Locks: the row, until the transaction is over.
UPDATE stock
   SET pieces = pieces - :pieces
 WHERE article_id = :article_id
   AND pieces >= :pieces;
