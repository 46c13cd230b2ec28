"""WebSub (W3C Recommendation, 2018): the rules of asking hubs for pushes and of judging what they send. Pure."""
