"""One module a format, one function each: model -> str | bytes. Writers know the model and nothing else."""
