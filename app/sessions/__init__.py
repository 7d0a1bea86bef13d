"""Sessions: the meetings of an engagement."""
