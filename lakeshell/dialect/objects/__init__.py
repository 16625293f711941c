"""What lakeshell remembers of catalogs, schemas, volumes, principals and privileges."""
