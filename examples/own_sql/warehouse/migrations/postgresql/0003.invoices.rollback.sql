DROP INDEX invoices_issued_on_idx;

DROP INDEX invoices_order_id_key;

DROP TABLE invoices;
