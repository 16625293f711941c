"""Text in, text out: splitting, binding and classifying statements, without Spark."""
