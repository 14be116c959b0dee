"""One file a program: the only place that knows command lines."""
