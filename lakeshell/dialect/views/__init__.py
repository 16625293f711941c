"""Materialized views: what they are made of, and how they are brought up to date."""
