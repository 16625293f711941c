"""Files as tables in a query."""
