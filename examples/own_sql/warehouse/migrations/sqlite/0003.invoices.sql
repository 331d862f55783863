-- depends: 0002.orders
--
-- Invoices, one for each order.

CREATE TABLE invoices (
    id         INTEGER        PRIMARY KEY AUTOINCREMENT,
    order_id   BIGINT         NOT NULL,
    total      NUMERIC(12, 2) NOT NULL,
    issued_on  DATE           NOT NULL,
    paid_on    DATE,
    CONSTRAINT invoices_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id)
);

CREATE UNIQUE INDEX invoices_order_id_key ON invoices (order_id);

CREATE INDEX invoices_issued_on_idx ON invoices (issued_on);
