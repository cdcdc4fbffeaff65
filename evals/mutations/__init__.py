"""Known-good claims spoilt on purpose: does the check find what was changed, by its right name, and nothing else?"""
