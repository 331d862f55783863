-- Articles: what the warehouse sells. One that is no longer sold keeps its row: orders and invoices show it.

-- name: article_add(sku, name, price, details, now)!
-- New articles, any number of them.
-- Index: articles_sku_key refuses a second live one of a sku. Locks: the new rows.
INSERT INTO articles (/*{columns}*/ sku, name, price, details, created_at /*{}*/)
VALUES /*{rows}*/ (:sku, :name, :price, :details, :now) /*{}*/;

-- name: article_get(sku)^
-- One article, without its photo; the newest of the sku where deleted ones are asked for.
-- Index: articles_sku_key. Locks: none.
SELECT a.id, a.sku, a.name, a.price, a.details, a.sold_until, a.created_at, a.updated_at
  FROM articles AS a
 WHERE a.sku = :sku
   AND /*{visibility}*/ a.deleted = 0 /*{}*/
 ORDER BY a.id DESC
 LIMIT 1;

-- name: article_get_all(word, price, id, limit)
-- A page of the live articles whose name holds a word, if one is given, and that meet the filters.
-- Index: primary key in its order; none for another order, nor for the word, which may stand anywhere. Locks: none.
SELECT a.id, a.sku, a.name, a.price, a.details, a.sold_until, a.created_at, a.updated_at
  FROM articles AS a
 WHERE a.deleted = 0
   AND /*{when by_word}*/ LOWER(a.name) LIKE :word ESCAPE '!' /*{}*/
   AND /*{filters}*/ a.price <= :price /*{}*/
   AND /*{after}*/ a.id > :id /*{}*/
 ORDER BY /*{order}*/ a.id /*{}*/
 LIMIT :limit;

-- name: article_get_all_by_sku(sku)
-- Live articles by their skus.
-- Index: articles_sku_key. Locks: none.
SELECT a.id, a.sku, a.price, a.sold_until
  FROM articles AS a
 WHERE a.sku IN (/*{list skus}*/ :sku /*{}*/)
   AND a.deleted = 0
 ORDER BY a.id;

-- name: article_change(name, sku, now)!
-- Other columns for a live article.
-- Index: articles_sku_key. Locks: the row.
UPDATE articles
   SET updated_at = :now,
       /*{set}*/ name = :name /*{}*/
 WHERE sku = :sku
   AND deleted = 0;

-- name: article_delete(sku, now)!
-- Soft delete: the row stays, and its sku is free for another.
-- Index: articles_sku_key. Locks: the row.
UPDATE articles
   SET deleted = id,
       updated_at = :now
 WHERE sku = :sku
   AND deleted = 0;

-- name: article_photo(sku)$
-- The photo of a live article: bytes, or NULL.
-- Index: articles_sku_key. Locks: none.
SELECT a.photo
  FROM articles AS a
 WHERE a.sku = :sku
   AND a.deleted = 0;
