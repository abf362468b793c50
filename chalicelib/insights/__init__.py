"""What the facts mean: pure functions from costs to answers. No clock, no environment, no network."""
