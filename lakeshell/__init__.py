"""lakeshell: the lakehouse in your terminal."""

__version__ = "0.1.0"
