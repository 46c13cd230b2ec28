"""The bundled newsroom: a local HTTP server that plays a written week of invented news, for the demo and for tests."""
