"""Into an account, looked after there, and out again."""
