-- name: stock_put(article_id, pieces)!
-- Add pieces, to what is there if anything is. Here because MySQL has another form of it.
-- Index: primary key. Locks: the rows.
INSERT INTO stock (/*{columns}*/ article_id, pieces /*{}*/)
VALUES /*{rows}*/ (:article_id, :pieces) /*{}*/
ON CONFLICT (article_id) DO UPDATE
   SET pieces = stock.pieces + excluded.pieces;
