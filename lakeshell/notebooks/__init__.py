"""Databricks notebooks: read from files, run with `dbutils`, written with what they gave."""
