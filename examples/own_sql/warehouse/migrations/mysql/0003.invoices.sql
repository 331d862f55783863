-- depends: 0002.orders
-- transactional: false
--
-- Invoices, one for each order.

CREATE TABLE invoices (
    id         BIGINT         NOT NULL AUTO_INCREMENT,
    order_id   BIGINT         NOT NULL,
    total      NUMERIC(12, 2) NOT NULL,
    issued_on  DATE           NOT NULL,
    paid_on    DATE,
    PRIMARY KEY (id),
    UNIQUE KEY invoices_order_id_key (order_id),
    KEY invoices_issued_on_idx (issued_on),
    CONSTRAINT invoices_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
