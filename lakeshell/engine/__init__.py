"""What the engine is made of: a Java, the pinned jars, certificates to fetch them with."""
