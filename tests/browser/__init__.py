"""The dashboard in a real browser: Chromium, as Debian packs it."""
