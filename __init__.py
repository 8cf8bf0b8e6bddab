"""Punix: typed configuration, content-addressed builds, atomic deployments."""

__version__ = "0.5.0"
