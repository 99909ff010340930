"""A busy evening on one machine: tablets that send and navigators who work, at once, and what the database holds after."""
