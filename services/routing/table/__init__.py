"""The tables of schema `routing`, by what they are about; `tables.py` is where others find them."""
