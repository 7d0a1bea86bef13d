"""Engagements: the shared record of a mentorship or a peer coaching; it has no URL of its own."""
