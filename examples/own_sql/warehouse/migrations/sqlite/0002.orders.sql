-- depends: 0001.articles
--
-- Customers, their orders, and the lines of these.

CREATE TABLE customers (
    id              INTEGER      PRIMARY KEY AUTOINCREMENT,
    email           VARCHAR(254) NOT NULL,
    name            VARCHAR(200) NOT NULL,
    customer_since  DATE         NOT NULL
);

CREATE UNIQUE INDEX customers_email_key ON customers (email);

CREATE TABLE orders (
    id           INTEGER     PRIMARY KEY AUTOINCREMENT,
    customer_id  BIGINT      NOT NULL,
    state        VARCHAR(10) NOT NULL,
    placed_at    DATETIME    NOT NULL,
    claim        VARCHAR(36),
    claimed_at   DATETIME,
    sent_at      DATETIME,
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id),
    CONSTRAINT orders_state_check CHECK (state IN ('placed', 'packing', 'sent'))
);

CREATE INDEX orders_customer_id_idx ON orders (customer_id);

CREATE INDEX orders_state_placed_at_idx ON orders (state, placed_at);

CREATE UNIQUE INDEX orders_claim_key ON orders (claim);

CREATE TABLE order_lines (
    order_id    BIGINT         NOT NULL,
    article_id  BIGINT         NOT NULL,
    pieces      INTEGER        NOT NULL,
    price       NUMERIC(12, 2) NOT NULL,
    CONSTRAINT order_lines_pkey PRIMARY KEY (order_id, article_id),
    CONSTRAINT order_lines_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT order_lines_article_id_fkey FOREIGN KEY (article_id) REFERENCES articles (id),
    CONSTRAINT order_lines_pieces_check CHECK (pieces > 0)
);

CREATE INDEX order_lines_article_id_idx ON order_lines (article_id);
