"""Faults of the machine (killed runs, full disks, clocks that jump), and what the next run makes of them."""
