"""Names of three levels: catalogs, where statements name things, and the way back."""
