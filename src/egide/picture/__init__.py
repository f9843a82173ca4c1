"""Plots to tracks to identities: what a network believes."""
