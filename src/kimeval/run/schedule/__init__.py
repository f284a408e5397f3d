"""The quarter's run by the clock (Zeitplan): timer, cron line, and what was missed.

Files are written for a person to install; nothing here installs anything.
"""
