"""How the desk writes moments and days, by language; what is not here is as Django has it."""
