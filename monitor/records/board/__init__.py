"""Records of what the dashboard's pages show."""
