"""Warm kernels: real kernels, forked from one parent that has imported the stack (warme Kernel).

A kernel that starts plainly imports pandas and matplotlib anew for each notebook.
Here one process with a single thread imports them once and forks a kernel of IPython's
own per notebook. Outputs are those of plain kernels; where fork is missing, kernels are plain.
"""
