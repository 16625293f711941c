"""What Databricks' Python has and pyspark's Connect client lacks, for Python cells."""
