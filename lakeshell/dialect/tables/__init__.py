"""Delta tables on disk: their folder and log, and statements that copy or check their files."""
