"""Tests of the git floor, against real repositories."""
