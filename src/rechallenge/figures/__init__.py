"""Figures of the study: survival curves, forest and swimmer plots, the flow diagram."""
