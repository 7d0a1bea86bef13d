"""Communities of practice: what each is about, who leads it and who is in it, at `/communities`."""
