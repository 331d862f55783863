-- name: order_claim(claim, now)!
-- Give the order that waits longest to one packer. SKIP LOCKED passes over what others claim at this moment. The order is
-- found in a table of its own: an UPDATE with ORDER BY and LIMIT would read, and lock, every order that waits, as the
-- server does not go by an index whose column it is about to change.
-- Index: orders_state_placed_at_idx. Locks: the row.
UPDATE orders AS o
  JOIN (SELECT w.id
          FROM orders AS w
         WHERE w.state = 'placed'
         ORDER BY w.placed_at, w.id
         LIMIT 1
           FOR UPDATE SKIP LOCKED) AS n ON n.id = o.id
   SET o.state = 'packing',
       o.claim = :claim,
       o.claimed_at = :now;
