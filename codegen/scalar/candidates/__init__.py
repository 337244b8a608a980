"""The forms in which a formula may be computed; :mod:`codegen.scalar.search` chooses among them."""
