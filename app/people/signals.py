"""What people's commands tell the packages above, and what their pages ask them."""

from blinker import Signal

# Someone's employment ends. The sender is the Person; `on` is the day, `by` who says so.
person_left = Signal()

# Whose places are taken: an answer selects a mentor's id as `mentor_id`, once for each mentee they have now.
places_taken = Signal()
