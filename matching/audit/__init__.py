"""Audits of a solution: is it stable, is it fair, and what could people gain by saying less than is true."""
