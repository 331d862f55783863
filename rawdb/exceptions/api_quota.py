"""Errors of the quota and reservation operations."""

from __future__ import annotations

from rawdb.exceptions.base import NotFound, NovaException

__all__ = [
    "OverQuota",
    "ProjectQuotaNotFound",
    "ProjectUserQuotaNotFound",
    "QuotaClassNotFound",
    "QuotaError",
    "QuotaExists",
    "QuotaNotFound",
    "QuotaResourceUnknown",
    "QuotaUsageNotFound",
    "ReservationNotFound",
]


class QuotaError(NovaException):
    message = "A quota is exceeded."
    code = 413


class QuotaNotFound(NotFound):
    message = "There is no such quota."


class ProjectQuotaNotFound(QuotaNotFound):
    message = "Project %(project_id)s has no such quota."


class ProjectUserQuotaNotFound(QuotaNotFound):
    message = "User %(user_id)s of project %(project_id)s has no such quota."


class QuotaClassNotFound(QuotaNotFound):
    message = "There is no such quota of class %(class_name)s."


class QuotaUsageNotFound(QuotaNotFound):
    message = "Project %(project_id)s has no such quota usage."


class ReservationNotFound(QuotaNotFound):
    message = "There is no reservation %(uuid)s."


class QuotaResourceUnknown(QuotaNotFound):
    message = "These resources are unknown: %(unknown)s."


class QuotaExists(NovaException):
    message = "Project %(project_id)s has a quota of %(resource)s already."


class OverQuota(NovaException):
    message = "The quota is exceeded for: %(overs)s."
