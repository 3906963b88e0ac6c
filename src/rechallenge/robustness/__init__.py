"""How far the results depend on choices of definition: scenarios, and the specification curve."""
