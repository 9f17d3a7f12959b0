"""What shoppers will want next, learned from what they did."""
