"""A browser that looks at one page, sealed off from all but the guarded way out."""
