"""Who asks: one file a resource."""
