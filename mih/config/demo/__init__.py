"""An invented city for the demo: staff, people, partners, stock, and a week of work that ends now.

Everything is entered through the services that the pages use, as the staff who would enter it, with the clock set to
the moment it happened. Nobody in it exists; telephone numbers are of the block 555-0100 to 555-0199, which is kept free
for fiction.
"""
