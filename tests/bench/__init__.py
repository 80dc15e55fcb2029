"""Measurements, run by hand: they prove nothing about what is right, only about what it takes."""
