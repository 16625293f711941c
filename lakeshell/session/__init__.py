"""The client side of one Spark session: connect, run, cancel, fetch."""
