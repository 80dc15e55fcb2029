"""What the Python tests share: a notebook without a notebook, and the processes and folders behind it."""
