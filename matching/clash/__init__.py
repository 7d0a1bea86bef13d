"""Why those who must be matched cannot all be: the members of a clash, and what relaxing each would cost."""
