"""Reads files into briefings and keeps them in Chroma."""
