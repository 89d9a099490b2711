"""What people see: the pages of tenants and staff."""
