-- name: article_get_all_by_colour(colour)
-- Live articles of a colour. Here because each server has its own words for a value inside JSON; in MariaDB, which has
-- no index over an expression, it is a computed column.
-- Index: articles_colour_idx. Locks: none.
SELECT a.sku, a.name
  FROM articles AS a
 WHERE a.colour = :colour
   AND a.deleted = 0
 ORDER BY a.sku;
