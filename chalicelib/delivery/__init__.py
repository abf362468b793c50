"""Where pages and messages go."""
