DROP TABLE stock;

DROP INDEX articles_colour_idx;

DROP INDEX articles_sku_key;

DROP TABLE articles;
