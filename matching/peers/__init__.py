"""Peer coaching: who coaches whom in pairs and triads, solved to the proved optimum.

`solve.PeerSolve` is the way from a programme to its outcome; `docs/matching.md` has the formulation.
"""
