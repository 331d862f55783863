-- name: order_claim(claim, now)!
-- Give the order that waits longest to one packer. Writers take turns here, so a subquery is enough.
-- Index: orders_state_placed_at_idx. Locks: the database, as every write.
UPDATE orders
   SET state = 'packing',
       claim = :claim,
       claimed_at = :now
 WHERE id = (SELECT w.id
               FROM orders AS w
              WHERE w.state = 'placed'
              ORDER BY w.placed_at, w.id
              LIMIT 1);
