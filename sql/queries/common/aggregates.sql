-- Aggregates: named sets of hosts with metadata. The availability zone of a host is a pair of that metadata.
-- Names have no unique key, and a set of pairs is replaced by several statements: what gives out a name or writes
-- pairs takes the aggregates' lock first, a row of quota_locks that they all write (quota_reserve__lock).

-- name: aggregate_create(name)<!
-- A new aggregate, behind the lock.
-- Index: none, nothing is unique but the id. Locks: the new row.
INSERT INTO aggregates (/*{columns}*/ name /*{}*/)
VALUES /*{rows}*/ (:name) /*{}*/;

-- name: aggregate_get(aggregate_id)^
-- One aggregate with its live hosts and metadata; a deleted one has none.
-- Index: primary key, aggregate_hosts_aggregate_id_deleted_idx, uniq_aggregate_metadata0aggregate_id0key0deleted.
-- Locks: none.
SELECT a.*,
       /*{part aggregate_hosts}*/ (SELECT /*{json h as hosts}*/ COUNT(*) /*{}*/
          FROM aggregate_hosts AS h
         WHERE h.aggregate_id = a.id
           AND h.deleted = 0
           AND a.deleted = 0) AS hosts /*{}*/,
       /*{part aggregate_metadetails}*/ (SELECT /*{map m.key m.value as metadetails}*/ COUNT(*) /*{}*/
          FROM aggregate_metadata AS m
         WHERE m.aggregate_id = a.id
           AND m.deleted = 0
           AND a.deleted = 0) AS metadetails /*{}*/
  FROM aggregates AS a
 WHERE a.id = :aggregate_id
   AND /*{visibility}*/ a.deleted = 0 /*{}*/;

-- name: aggregate_get__id(aggregate_id)$
-- The id of a visible aggregate: is there one, or why did a statement match nothing.
-- Index: primary key. Locks: none.
SELECT a.id
  FROM aggregates AS a
 WHERE a.id = :aggregate_id
   AND /*{visibility}*/ a.deleted = 0 /*{}*/;

-- name: aggregate_get_all()
-- All aggregates, as aggregate_get.
-- Index: none, all are read; the children as in aggregate_get. Locks: none.
SELECT a.*,
       /*{same aggregate_hosts}*/ NULL AS hosts /*{}*/,
       /*{same aggregate_metadetails}*/ NULL AS metadetails /*{}*/
  FROM aggregates AS a
 WHERE /*{visibility}*/ a.deleted = 0 /*{}*/
 ORDER BY a.id;

-- name: aggregate_get_by_host(host, key)
-- The live aggregates of a host, as aggregate_get; `by_key` those that also have a pair of the key.
-- Index: uniq_aggregate_hosts0host0aggregate_id0deleted, primary key, uniq_aggregate_metadata0aggregate_id0key0deleted;
-- the children by that one and aggregate_hosts_aggregate_id_deleted_idx. Locks: none.
SELECT a.*,
       /*{same aggregate_hosts}*/ NULL AS hosts /*{}*/,
       /*{same aggregate_metadetails}*/ NULL AS metadetails /*{}*/
  FROM aggregates AS a
 WHERE a.id IN (SELECT o.aggregate_id
                  FROM aggregate_hosts AS o
                 WHERE o.host = :host
                   AND o.deleted = 0)
   AND /*{when by_key}*/ EXISTS (SELECT 1
                                   FROM aggregate_metadata AS k
                                  WHERE k.aggregate_id = a.id
                                    AND k.key = :key
                                    AND k.deleted = 0) /*{}*/
   AND /*{visibility}*/ a.deleted = 0 /*{}*/
   AND a.deleted = 0
 ORDER BY a.id;

-- name: aggregate_get_by_metadata_key(key)
-- The live aggregates with a pair of a key: their hosts, and of their metadata that pair alone.
-- Index: aggregate_metadata_key_idx, primary key; the children by uniq_aggregate_metadata0aggregate_id0key0deleted and
-- aggregate_hosts_aggregate_id_deleted_idx. Locks: none.
SELECT a.*,
       /*{same aggregate_hosts}*/ NULL AS hosts /*{}*/,
       (SELECT /*{map m.key m.value as metadetails}*/ COUNT(*) /*{}*/
          FROM aggregate_metadata AS m
         WHERE m.aggregate_id = a.id
           AND m.key = :key
           AND m.deleted = 0) AS metadetails
  FROM aggregates AS a
 WHERE a.id IN (SELECT k.aggregate_id
                  FROM aggregate_metadata AS k
                 WHERE k.key = :key
                   AND k.deleted = 0)
   AND /*{visibility}*/ a.deleted = 0 /*{}*/
   AND a.deleted = 0
 ORDER BY a.id;

-- name: aggregate_metadata_get_by_host(host, key)
-- The metadata of the live aggregates of a host; `by_key` those of one key.
-- Index: uniq_aggregate_hosts0host0aggregate_id0deleted, primary key, uniq_aggregate_metadata0aggregate_id0key0deleted.
-- Locks: none.
SELECT m.key, m.value
  FROM aggregate_hosts AS h
  JOIN aggregates AS a
    ON a.id = h.aggregate_id
  JOIN aggregate_metadata AS m
    ON m.aggregate_id = a.id
 WHERE h.host = :host
   AND h.deleted = 0
   AND /*{visibility}*/ a.deleted = 0 /*{}*/
   AND a.deleted = 0
   AND /*{when by_key}*/ m.key = :key /*{}*/
   AND m.deleted = 0
 ORDER BY m.id;

-- name: aggregate_metadata_get_by_metadata_key(aggregate_id, key)
-- The pair of a key of a live aggregate.
-- Index: uniq_aggregate_metadata0aggregate_id0key0deleted, primary key. Locks: none.
SELECT m.key, m.value
  FROM aggregates AS a
  JOIN aggregate_metadata AS m
    ON m.aggregate_id = a.id
 WHERE a.id = :aggregate_id
   AND /*{visibility}*/ a.deleted = 0 /*{}*/
   AND a.deleted = 0
   AND m.key = :key
   AND m.deleted = 0
 ORDER BY m.id;

-- name: aggregate_host_get_by_metadata_key(key)
-- The hosts of the live aggregates with a pair of a key, each with the value.
-- Index: aggregate_metadata_key_idx, primary key, aggregate_hosts_aggregate_id_deleted_idx. Locks: none.
SELECT h.host, m.value
  FROM aggregate_metadata AS m
  JOIN aggregates AS a
    ON a.id = m.aggregate_id
  JOIN aggregate_hosts AS h
    ON h.aggregate_id = a.id
 WHERE m.key = :key
   AND m.deleted = 0
   AND /*{visibility}*/ a.deleted = 0 /*{}*/
   AND a.deleted = 0
   AND h.deleted = 0
 ORDER BY h.id, m.id;

-- name: aggregate_update(id, name)!
-- New values for columns of one aggregate, behind the lock.
-- Index: primary key. Locks: the row.
UPDATE aggregates
   SET /*{set}*/ name = :name /*{}*/
 WHERE id = :id
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: aggregate_delete(aggregate_id, now)!
-- Soft delete of one aggregate, behind the lock: nobody adds pairs to it meanwhile.
-- Index: primary key. Locks: the row.
UPDATE aggregates
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE id = :aggregate_id
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: aggregate_delete__metadata(aggregate_id, now)!
-- Soft delete of the metadata of a deleted aggregate. Its hosts stay as they are.
-- Index: uniq_aggregate_metadata0aggregate_id0key0deleted. Locks: the rows.
UPDATE aggregate_metadata
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE aggregate_id = :aggregate_id
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: aggregate_metadata_get(aggregate_id)
-- The visible pairs of an aggregate, the live ones last; one row of NULLs for an aggregate without any.
-- Index: primary key, uniq_aggregate_metadata0aggregate_id0key0deleted. Locks: none.
SELECT m.id, m.key, m.value
  FROM aggregates AS a
  LEFT JOIN aggregate_metadata AS m
    ON m.aggregate_id = a.id
   AND /*{visibility}*/ m.deleted = 0 /*{}*/
 WHERE a.id = :aggregate_id
   AND /*{visibility}*/ a.deleted = 0 /*{}*/
 ORDER BY CASE m.deleted WHEN 0 THEN 1 ELSE 0 END, m.id;

-- name: aggregate_metadata_add__remove(aggregate_id, key, now)!
-- Soft delete of the live pairs of an aggregate, of all but some keys where it is `keeping` them; behind the lock.
-- Index: uniq_aggregate_metadata0aggregate_id0key0deleted. Locks: the rows.
UPDATE aggregate_metadata
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE aggregate_id = :aggregate_id
   AND /*{when keeping}*/ aggregate_metadata.key NOT IN (/*{list keys}*/ :key /*{}*/) /*{}*/
   AND deleted = 0;

-- name: aggregate_metadata_delete(aggregate_id, key, now)!
-- Soft delete of one pair of a visible aggregate.
-- Index: uniq_aggregate_metadata0aggregate_id0key0deleted, primary key. Locks: the row.
UPDATE aggregate_metadata
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE aggregate_id = :aggregate_id
   AND aggregate_metadata.key = :key
   AND /*{visibility}*/ deleted = 0 /*{}*/
   AND EXISTS (SELECT 1
                 FROM aggregates AS a
                WHERE a.id = :aggregate_id
                  AND /*{visibility}*/ a.deleted = 0 /*{}*/);

-- name: aggregate_host_add(aggregate_id, host, now)!
-- A new host of a visible aggregate; of none if there is no such aggregate.
-- Index: primary key; uniq_aggregate_hosts0host0aggregate_id0deleted refuses a host that it has. Locks: the new row;
-- on MySQL also the aggregate, shared.
INSERT INTO aggregate_hosts (host, aggregate_id, created_at, deleted)
SELECT :host, a.id, :now, 0
  FROM aggregates AS a
 WHERE a.id = :aggregate_id
   AND /*{visibility}*/ a.deleted = 0 /*{}*/;

-- name: aggregate_host_get_all(aggregate_id)
-- The visible hosts of an aggregate, in the order they were added; one row of NULLs for an aggregate without any.
-- Index: primary key, aggregate_hosts_aggregate_id_deleted_idx. Locks: none.
SELECT h.id, h.host
  FROM aggregates AS a
  LEFT JOIN aggregate_hosts AS h
    ON h.aggregate_id = a.id
   AND /*{visibility}*/ h.deleted = 0 /*{}*/
 WHERE a.id = :aggregate_id
   AND /*{visibility}*/ a.deleted = 0 /*{}*/
 ORDER BY h.id;

-- name: aggregate_host_delete(aggregate_id, host, now)!
-- Soft delete of one host of a visible aggregate.
-- Index: uniq_aggregate_hosts0host0aggregate_id0deleted, primary key. Locks: the row.
UPDATE aggregate_hosts
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE host = :host
   AND aggregate_id = :aggregate_id
   AND /*{visibility}*/ deleted = 0 /*{}*/
   AND EXISTS (SELECT 1
                 FROM aggregates AS a
                WHERE a.id = :aggregate_id
                  AND /*{visibility}*/ a.deleted = 0 /*{}*/);

-- name: aggregate_create__named(name)
-- The ids of the live aggregates of a name that is about to be given, behind the lock.
-- Index: aggregates_name_deleted_idx. Locks: none.
SELECT a.id
  FROM aggregates AS a
 WHERE a.name = :name
   AND a.deleted = 0
 ORDER BY a.id;
