"""Kafka: a broker of the lakehouse's own for learning, and where the brokers in code lie."""
