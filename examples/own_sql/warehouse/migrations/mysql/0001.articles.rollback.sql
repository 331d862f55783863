-- transactional: false

DROP TABLE stock;

DROP TABLE articles;
