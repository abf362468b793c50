"""The two jobs, step by step, over the ports they need."""
