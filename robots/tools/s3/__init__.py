"""S3: the protocol of Amazon's storage, which many others speak too."""
