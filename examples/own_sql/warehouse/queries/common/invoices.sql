-- Invoices: one for each order, over the prices in its lines.

-- name: invoice_issue(order_id, issued_on)!
-- The invoice of an order; 0 for an order without lines. The server adds the money up.
-- Index: primary key; invoices_order_id_key refuses a second one. Locks: the new row.
INSERT INTO invoices (order_id, issued_on, total)
SELECT l.order_id, :issued_on, ROUND(SUM(l.pieces * l.price), 2)
  FROM order_lines AS l
 WHERE l.order_id = :order_id
 GROUP BY l.order_id;

-- name: invoice_get(id)^
-- One invoice.
-- Index: primary key. Locks: none.
SELECT i.*
  FROM invoices AS i
 WHERE i.id = :id;

-- name: invoice_get_by_order(order_id)^
-- The invoice of an order.
-- Index: invoices_order_id_key. Locks: none.
SELECT i.*
  FROM invoices AS i
 WHERE i.order_id = :order_id;

-- name: invoice_get_all(paid_on, id, limit)
-- A page of invoices. `paid_on` is NULL in those that are open: where NULLs stand in an order is the page's to say.
-- Index: primary key in its order; none for another. Locks: none.
SELECT i.*
  FROM invoices AS i
 WHERE /*{filters}*/ i.paid_on = :paid_on /*{}*/
   AND /*{after}*/ i.id > :id /*{}*/
 ORDER BY /*{order}*/ i.id /*{}*/
 LIMIT :limit;

-- name: invoice_pay(id, paid_on)!
-- An open invoice is paid: 0 if it was already.
-- Index: primary key. Locks: the row.
UPDATE invoices
   SET paid_on = :paid_on
 WHERE id = :id
   AND paid_on IS NULL;
