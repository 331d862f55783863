-- Customers.

-- name: customer_add(email, name, customer_since)<!
-- A new customer.
-- Index: customers_email_key refuses a second one of an address. Locks: the new row.
INSERT INTO customers (email, name, customer_since)
VALUES (:email, :name, :customer_since);

-- name: customer_get(email)^
-- One customer by address.
-- Index: customers_email_key. Locks: none.
SELECT c.*
  FROM customers AS c
 WHERE c.email = :email;

-- name: customer_turnover(first_day, last_day)
-- What each customer was billed for in a time, the best first; those with nothing are left out.
-- Index: invoices_issued_on_idx, then primary keys. Locks: none.
SELECT c.email,
       COUNT(*) AS invoices,
       SUM(i.total) AS turnover
  FROM invoices AS i
  JOIN orders AS o ON o.id = i.order_id
  JOIN customers AS c ON c.id = o.customer_id
 WHERE i.issued_on BETWEEN :first_day AND :last_day
 GROUP BY c.email
 ORDER BY turnover DESC, c.email;
