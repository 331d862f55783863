-- name: stock_put(article_id, pieces)!
-- Add pieces, to what is there if anything is. VALUES(pieces), which MySQL calls old, is what MariaDB knows too.
-- Index: primary key. Locks: the rows.
INSERT INTO stock (/*{columns}*/ article_id, pieces /*{}*/)
VALUES /*{rows}*/ (:article_id, :pieces) /*{}*/
ON DUPLICATE KEY UPDATE pieces = pieces + VALUES(pieces);
