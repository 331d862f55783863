-- Articles and their stock.

CREATE TABLE articles (
    id          INTEGER        PRIMARY KEY AUTOINCREMENT,
    sku         VARCHAR(40)    NOT NULL,
    name        VARCHAR(200)   NOT NULL,
    price       NUMERIC(12, 2) NOT NULL,
    details     JSON           NOT NULL,
    photo       BLOB,
    sold_until  DATE,
    created_at  DATETIME       NOT NULL,
    updated_at  DATETIME,
    deleted     BIGINT         NOT NULL DEFAULT 0,
    CONSTRAINT articles_price_check CHECK (price >= 0)
);

-- One live article of a sku, and any number of deleted ones, whose `deleted` is their id.
CREATE UNIQUE INDEX articles_sku_key ON articles (sku, deleted);

CREATE INDEX articles_colour_idx ON articles (JSON_EXTRACT(details, '$.colour'));

CREATE TABLE stock (
    article_id  INTEGER PRIMARY KEY,
    pieces      INTEGER NOT NULL,
    CONSTRAINT stock_article_id_fkey FOREIGN KEY (article_id) REFERENCES articles (id),
    CONSTRAINT stock_pieces_check CHECK (pieces >= 0)
);
