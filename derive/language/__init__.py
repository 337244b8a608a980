"""The model language: text → tokens → tree → outline of named vectors and unified sizes."""
