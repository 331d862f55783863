"""Key pairs: the public SSH keys of users. SQL: sql/queries/*/key_pairs.sql."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rawdb import rows as shapes
from rawdb.access import authorize_user
from rawdb.exceptions import DBDuplicateEntry, KeyPairExists, KeypairNotFound
from rawdb.operations._operation import ANY, NO_GUARD, lone_read, lone_write, sql

Row = dict[str, Any]


@lone_write(ANY)
def key_pair_create(context: Any, values: Mapping[str, Any]) -> shapes.KeyPairRow:
    """Store a key pair and return its row.

    `values` are columns of key_pairs (user_id, name, fingerprint, public_key); other keys are ignored. The user
    need not be the context's. Raises KeyPairExists when the user has a live key pair of that name.
    Round trips: 1. Source: Nova Juno.
    """
    try:
        return sql(context).key_pair_create(values=values)
    except DBDuplicateEntry as error:
        if "name" not in error.columns:
            raise
        raise KeyPairExists(key_name=values.get("name")) from error


@lone_write(ANY)
def key_pair_destroy(context: Any, user_id: str, name: str) -> None:
    """Soft delete the key pair `name` of a user.

    Raises Forbidden for a plain user other than `user_id`, KeypairNotFound when no visible one matches.
    Round trips: 1. Source: Nova Juno; Grizzly removed the row.
    """
    authorize_user(context, user_id)
    if not sql(context).key_pair_destroy(user_id=user_id, name=name):
        raise KeypairNotFound(user_id=user_id, name=name)


@lone_read(ANY)
def key_pair_get(context: Any, user_id: str, name: str) -> shapes.KeyPairRow:
    """Return the key pair `name` of a user.

    Raises Forbidden for a plain user other than `user_id`, KeypairNotFound when no visible one matches.
    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    authorize_user(context, user_id)
    row = sql(context).key_pair_get(user_id=user_id, name=name)
    if row is None:
        raise KeypairNotFound(user_id=user_id, name=name)
    return row


@lone_read(ANY)
def key_pair_get_all_by_user(context: Any, user_id: str) -> list[shapes.KeyPairRow]:
    """Return the live key pairs of a user, by id, whatever the context's read_deleted says.

    Raises Forbidden for a plain user other than `user_id`. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    authorize_user(context, user_id)
    return sql(context).key_pair_get_all_by_user(user_id=user_id)


@lone_read(NO_GUARD)
def key_pair_count_by_user(context: Any, user_id: str) -> int:
    """Return how many live key pairs a user has.

    Raises Forbidden for a plain user other than `user_id`. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    authorize_user(context, user_id)
    return sql(context).key_pair_count_by_user(user_id=user_id)
