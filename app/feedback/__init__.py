"""Feedback: what people say of an engagement, confidential to the programme."""
