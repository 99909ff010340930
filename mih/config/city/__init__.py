"""A whole invented city with years of work in it, for trying the product at full size.

Its responses are copies of the demo's week, which the real services wrote: each copy has its own person, time and
identifiers, and brings along its entries, follow-ups, referrals and history. The copying is done by the database.
"""
