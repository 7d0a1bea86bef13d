"""People of the company: profiles, availability, wishes and offers, at `/people`."""
