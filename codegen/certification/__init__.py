"""Show certificates: which activations a name means, their table, and errors drawn over x."""
