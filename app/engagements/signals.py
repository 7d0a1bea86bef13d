"""What the pages of engagements ask the packages above."""

from blinker import Signal

# What a session can look like. The sender is the id of a programme; an answer is a list of `AgendaItem`.
agenda_wanted = Signal()
