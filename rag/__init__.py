"""Answers questions from the stored briefings, each sentence cited."""
