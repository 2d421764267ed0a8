"""One module per results vendor or state feed."""
