"""Article -> Findings: topics and entities by one encoder pass; of matches also quotes, times, events, aid."""
