"""Finding: analysis, query, index, its health, the page."""
