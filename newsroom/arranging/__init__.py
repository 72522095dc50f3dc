"""Fronts at the desk: arranged by hand and keys, as readers will have them."""
