"""Make the file of a picture smaller, one file for each format; pixels stay, but for a PNG that may lose colours."""
