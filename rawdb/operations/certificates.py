"""Certificates of users and projects. SQL: sql/queries/*/certificates.sql."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rawdb import rows as shapes
from rawdb.operations._operation import ADMIN, lone_read, lone_write, sql


@lone_write(ADMIN)
def certificate_create(context: Any, values: Mapping[str, Any]) -> shapes.CertificateRow:
    """Store a certificate and return its row.

    `values` are columns of certificates (user_id, project_id, file_name); other keys are ignored. Nothing is
    unique. Raises DBError for values that cannot be stored. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).certificate_create(values=values)


@lone_read(ADMIN)
def certificate_get_all_by_project(context: Any, project_id: str) -> list[shapes.CertificateRow]:
    """Return the live certificates of a project, by id; None means those of no project.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).certificate_get_all_by_project(project_id=project_id)


@lone_read(ADMIN)
def certificate_get_all_by_user(context: Any, user_id: str) -> list[shapes.CertificateRow]:
    """Return the live certificates of a user, by id; None means those of no user.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).certificate_get_all_by_user(user_id=user_id)


@lone_read(ADMIN)
def certificate_get_all_by_user_and_project(context: Any, user_id: str, project_id: str) -> list[shapes.CertificateRow]:
    """Return the live certificates of a user within a project, by id.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).certificate_get_all_by_user_and_project(user_id=user_id, project_id=project_id)
