"""Standard instruments: their definitions, the scoring engine and the forms built from them."""
