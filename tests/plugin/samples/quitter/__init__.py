"""Ends the program when it is loaded."""

import sys

sys.exit("I am off")
