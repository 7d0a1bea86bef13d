"""What people's commands tell the packages above, and what their pages ask them."""

from blinker import Signal

# Someone's employment ends. The sender is the Person; `on` is the day, `by` who says so.
person_left = Signal()

# How many mentees a mentor has: `mentor_id` is the column to count for; each answer is a scalar subquery.
places_taken = Signal()
