"""Container images: what will break in one, found from its Dockerfile before it is built."""

from voxcue.image.check import check
from voxcue.image.findings import Finding, Report

__all__ = ["Finding", "Report", "check"]
