"""The supervisor of one lakehouse home: it owns the JVM and answers the control API."""
