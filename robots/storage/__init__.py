"""One file a provider: where files come from and go to."""
