"""Background tasks of matching rounds."""
