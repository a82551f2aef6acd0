raise RuntimeError("torn apart")
