"""The embedded index: a folder of Whoosh segments, asked by our own evaluation."""
