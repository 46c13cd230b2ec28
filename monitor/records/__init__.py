"""Every record that crosses a seam, in order of flow: feeds, articles, findings.

All are frozen, slotted and keyword-only; times are aware UTC. Import from the submodules.
"""
