"""What is known of a file: its type, told by its content, and its metadata."""
