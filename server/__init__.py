"""The Assembly server: the heart (model), the shell round it (engine), and who asks (api)."""
