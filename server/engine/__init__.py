"""The shell round the heart: it carries out what the heart asks for."""
