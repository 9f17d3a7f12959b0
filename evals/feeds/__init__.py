"""What feeds are put through before a shop may trust them."""
