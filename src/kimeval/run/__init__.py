"""Floor 6: runs notebooks for an area and a quarter and publishes them (Lauf).

Checked parameters, a plan, papermill, a stage folder, a rename, a manifest.
Nothing heavy is imported before a notebook has to be executed.
"""
