-- Orders and their lines. An order is placed, then packed by somebody, who claims it first, then sent.

-- name: order_add(customer_id, now)<!
-- A new order.
-- Index: none. Locks: the new row.
INSERT INTO orders (customer_id, state, placed_at)
VALUES (:customer_id, 'placed', :now);

-- name: order_line_add(order_id, article_id, pieces, price)!
-- Lines of an order, each with the price of that day.
-- Index: primary key refuses an article twice. Locks: the new rows.
INSERT INTO order_lines (/*{columns}*/ order_id, article_id, pieces, price /*{}*/)
VALUES /*{rows}*/ (:order_id, :article_id, :pieces, :price) /*{}*/;

-- name: order_get(id)^
-- One order with its lines.
-- Index: primary key, of the lines too. Locks: none.
SELECT o.*,
       (SELECT /*{json l as order_lines}*/ COUNT(*) /*{}*/
          FROM order_lines AS l
         WHERE l.order_id = o.id) AS order_lines
  FROM orders AS o
 WHERE o.id = :id;

-- name: order_get_by_claim(claim)^
-- The order that a packer's claim is on.
-- Index: orders_claim_key. Locks: none.
SELECT o.*
  FROM orders AS o
 WHERE o.claim = :claim;

-- name: order_send(claim, now)!
-- A claimed order is on its way: 0 if it is already, or if nobody has that claim.
-- Index: orders_claim_key. Locks: the row.
UPDATE orders
   SET state = 'sent',
       sent_at = :now
 WHERE claim = :claim
   AND state = 'packing';
