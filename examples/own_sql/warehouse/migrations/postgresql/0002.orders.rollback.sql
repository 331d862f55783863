DROP INDEX order_lines_article_id_idx;

DROP TABLE order_lines;

DROP INDEX orders_claim_key;

DROP INDEX orders_state_placed_at_idx;

DROP INDEX orders_customer_id_idx;

DROP TABLE orders;

DROP INDEX customers_email_key;

DROP TABLE customers;
