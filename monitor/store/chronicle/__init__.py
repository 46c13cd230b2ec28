"""The chronicle's tables: articles that wait for it, what came of weaving them in, and what people ask of it."""
