"""Builds the real parts and hands them to a job; the only place that does."""
