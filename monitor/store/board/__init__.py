"""What the dashboard's pages read: one module a page, each method one transaction."""
