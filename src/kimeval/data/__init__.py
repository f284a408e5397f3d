"""Floor 1: from messy exports to accounted-for tables (Daten).

profiles -> read -> clean -> vintage; the ledger says what became of each row.
"""
