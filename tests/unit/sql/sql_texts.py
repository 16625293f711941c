"""Hypothesis strategies for SQL-like text: pieces that begin and end every kind of token."""

from __future__ import annotations

from hypothesis import strategies as st

PIECES = (
    "SELECT", "FROM", "t", "a.b", "1", "1.5e3", ".5", "BEGIN", "END", "CASE", "WHEN", "THEN", "IF",
    "LOOP", "REPEAT", "UNTIL", "WHILE", "FOR", "DO", "ELSE", "DECLARE", "HANDLER", "CREATE",
    "PROCEDURE", "WITH", "INSERT", "OVERWRITE", "DROP", "TABLE", "ALTER", "VALUES", "EXPLAIN",
    " ", " ", " ", "\n", "\r\n", "\r", "\t", ";", ";", "'", '"', "`", "''", "\\", "\\\n", "--",
    "/*", "/*+", "*/", "r'", 'R"', "$$", "$tag$", "$", "${x}", "${", "{{x}}", "{{", "}}", ":p",
    "::", ":", "(", ")", "[", "]", "<", ">", ",", ".", "%", "\n%sql\n", "\n%python\n", "\n%sh\n",
    "\n%x y\\\n", "\n%md a\n", "'''", '"""', "#", "\ufeff", "é", "数", "\x00", "@v1", "-",
    "\n-- COMMAND ----------\n", "\n# COMMAND ----------\n", "-- Databricks notebook source\n",
    "\n-- MAGIC %python\n", "\n-- MAGIC x\n", "\n-- MAGIC\n",
    "\n-- DBTITLE 1,T\n", "\n# MAGIC %md\n",
)  # fmt: skip

sql_texts = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=25).map("".join),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=25).map("".join),
    st.text(max_size=60),
)
