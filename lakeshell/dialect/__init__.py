"""What Databricks understands and open-source Spark does not: recognised, rewritten, carried out.

`Dialect` is asked about every statement before it goes to Spark. One that Spark understands as it
is goes there byte for byte. One file in `families/` belongs to each group of constructs; its
entries in the ledger say what becomes of every construct, and drive the errors, `lakeshell check`
and the page in the documentation.
"""
