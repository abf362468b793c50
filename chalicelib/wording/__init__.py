"""How periods, changes, amounts, names, causes and month ends are said: once, for every rendering."""
