"""Where Assemblies, files and jobs are kept."""
