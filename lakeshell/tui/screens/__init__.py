"""What fills the whole terminal, or stands above it as a dialog."""
