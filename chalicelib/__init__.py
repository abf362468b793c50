"""Everything that runs in Lambda: cost facts, what they mean, and how they reach people."""
