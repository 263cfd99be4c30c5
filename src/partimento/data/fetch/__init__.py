"""Downloading an archive and unpacking it, both distrusted, until every file is verified."""
