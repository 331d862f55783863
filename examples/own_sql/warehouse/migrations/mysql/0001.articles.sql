-- transactional: false
--
-- Articles and their stock. Texts compare letter by letter, blanks at their end included, as they do on the other
-- servers: MySQL and MariaDB have each their own name for that.

-- One live article of a sku, and any number of deleted ones, whose `deleted` is their id.
CREATE TABLE articles (
    id          BIGINT         NOT NULL AUTO_INCREMENT,
    sku         VARCHAR(40)    NOT NULL,
    name        VARCHAR(200)   NOT NULL,
    price       NUMERIC(12, 2) NOT NULL,
    details     JSON           NOT NULL,
    photo       MEDIUMBLOB,
    sold_until  DATE,
    created_at  DATETIME(6)    NOT NULL,
    updated_at  DATETIME(6),
    deleted     BIGINT         NOT NULL DEFAULT 0,
    colour      VARCHAR(40) AS (JSON_VALUE(details, '$.colour')) VIRTUAL INVISIBLE,
    PRIMARY KEY (id),
    UNIQUE KEY articles_sku_key (sku, deleted),
    KEY articles_colour_idx (colour),
    CONSTRAINT articles_price_check CHECK (price >= 0)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

CREATE TABLE stock (
    article_id  BIGINT  NOT NULL,
    pieces      INTEGER NOT NULL,
    PRIMARY KEY (article_id),
    CONSTRAINT stock_article_id_fkey FOREIGN KEY (article_id) REFERENCES articles (id),
    CONSTRAINT stock_pieces_check CHECK (pieces >= 0)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
