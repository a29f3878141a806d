"""Telling people, through the channels of their choice, what needs them and what is over."""
