"""What happens to files. Knows nothing of HTTP or Assemblies."""
