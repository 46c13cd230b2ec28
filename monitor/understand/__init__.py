"""Article -> Findings: one encoder pass, topics, entities; later quotes, dates, events, aid and stories."""
