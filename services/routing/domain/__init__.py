"""The rules of routing: who answers for a case, by when, who may see it, and what may be done with it."""
