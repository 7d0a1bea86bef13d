"""Skills: the graph of what people can do, what they claim and what they wish to learn, at `/skills`."""
