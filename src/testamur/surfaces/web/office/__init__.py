"""Pages of administrators and principals: readiness, documents, keys, people."""
