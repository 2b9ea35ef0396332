"""A stand-in for the Zalo Official Account platform; see README.md."""
