"""Where costs come from; every source gives the same facts."""
