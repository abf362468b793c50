"""Reports and alarms as plain text for mail and chat."""
