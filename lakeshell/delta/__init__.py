"""Delta tables: history, files, maintenance, comparison of versions."""
