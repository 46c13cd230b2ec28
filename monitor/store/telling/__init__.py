"""What is told to whom: subscriptions, editions, alerts, and the ledger of deliveries."""
