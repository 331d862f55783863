-- depends: 0001.articles
-- transactional: false
--
-- Customers, their orders, and the lines of these.

CREATE TABLE customers (
    id              BIGINT       NOT NULL AUTO_INCREMENT,
    email           VARCHAR(254) NOT NULL,
    name            VARCHAR(200) NOT NULL,
    customer_since  DATE         NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY customers_email_key (email)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

CREATE TABLE orders (
    id           BIGINT      NOT NULL AUTO_INCREMENT,
    customer_id  BIGINT      NOT NULL,
    state        VARCHAR(10) NOT NULL,
    placed_at    DATETIME(6) NOT NULL,
    claim        VARCHAR(36),
    claimed_at   DATETIME(6),
    sent_at      DATETIME(6),
    PRIMARY KEY (id),
    KEY orders_customer_id_idx (customer_id),
    KEY orders_state_placed_at_idx (state, placed_at),
    UNIQUE KEY orders_claim_key (claim),
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id),
    CONSTRAINT orders_state_check CHECK (state IN ('placed', 'packing', 'sent'))
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

CREATE TABLE order_lines (
    order_id    BIGINT         NOT NULL,
    article_id  BIGINT         NOT NULL,
    pieces      INTEGER        NOT NULL,
    price       NUMERIC(12, 2) NOT NULL,
    PRIMARY KEY (order_id, article_id),
    KEY order_lines_article_id_idx (article_id),
    CONSTRAINT order_lines_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT order_lines_article_id_fkey FOREIGN KEY (article_id) REFERENCES articles (id),
    CONSTRAINT order_lines_pieces_check CHECK (pieces > 0)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
