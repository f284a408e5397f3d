"""Floor 0: the words everything else is said in.

Quarter, area, AGS, code lists, canonical tables, catalogue of indicators, the
shape of a result, intervals and errors.
"""
