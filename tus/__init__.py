"""The tus protocol as an aiohttp sub-application. Knows nothing of Assemblies."""
