"""Rows for the sample tables and files that every Databricks workspace has, made here.

Columns and types are the real ones; the rows are generated and the same everywhere.
"""
