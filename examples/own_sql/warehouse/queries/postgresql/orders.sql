-- name: order_claim(claim, now)!
-- Give the order that waits longest to one packer. SKIP LOCKED passes over what others claim at this moment, so
-- nobody waits for anybody; SQLite has no such thing, and MySQL another place for the limit.
-- Index: orders_state_placed_at_idx. Locks: the row.
UPDATE orders
   SET state = 'packing',
       claim = :claim,
       claimed_at = :now
 WHERE state = 'placed'
   AND id = (SELECT w.id
               FROM orders AS w
              WHERE w.state = 'placed'
              ORDER BY w.placed_at, w.id
              LIMIT 1
                FOR UPDATE SKIP LOCKED);
