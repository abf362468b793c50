"""What a cost alarm says."""
