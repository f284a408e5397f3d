"""From text to typed canonical rows, every row accounted for (Bereinigung).

rows -> columns (each distinct text once) -> fates -> tables and ledger.
"""
