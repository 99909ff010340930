"""What the product costs with a whole city in it, each figure beside a floor measured in the same run: `make bench`."""
