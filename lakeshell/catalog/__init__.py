"""What the lakehouse holds, as completion and trees need it."""
