"""What a competent Django developer writes in an afternoon, to measure Galley by. It is not kept slow on purpose."""
