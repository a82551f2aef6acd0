raise RuntimeError("must not be loaded")
