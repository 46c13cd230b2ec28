"""Every record that crosses a seam, in order of flow: feeds, articles, findings, what articles say together, telling.

All are frozen, slotted and keyword-only; times are aware UTC. Import from the submodules.
"""
