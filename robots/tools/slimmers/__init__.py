"""Make the file of a picture smaller, one file for each format; the pixels stay, unless the wish is lossy."""
