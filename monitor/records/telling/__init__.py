"""Records of telling: subscriptions, what a digest is made of and says, messages on their way out, alerts."""
