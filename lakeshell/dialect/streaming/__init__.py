"""Streams in SQL: queries over STREAM, streaming tables, incremental inserts."""
