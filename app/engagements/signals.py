"""What the pages of engagements ask the packages above, and what the commands tell them."""

from blinker import Signal

# What a session can look like. The sender is the id of a programme; an answer is a list of `AgendaItem`.
agenda_wanted = Signal()

# Everybody has accepted a proposal, so that it has begun. The sender is the Engagement.
has_begun = Signal()
