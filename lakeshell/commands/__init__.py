"""The % commands and the hooks through which they, and plugins, are found."""
