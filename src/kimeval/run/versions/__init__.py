"""Versions of a quarter's report, and what changed between them (Fassungen).

Everything comes from published versions and from the one about to be published: their
manifests and their `results.csv`. So nothing is told that they do not tell themselves.
"""
