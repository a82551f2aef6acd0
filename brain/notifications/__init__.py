"""What members are told, one row a member and event."""
