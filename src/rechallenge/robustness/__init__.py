"""How far results depend on choices of definition: the specification curve."""
