"""The pages on which supervisors see how tablets are, and what of their work needs looking after."""
