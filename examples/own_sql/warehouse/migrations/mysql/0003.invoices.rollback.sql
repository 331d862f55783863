-- transactional: false

DROP TABLE invoices;
