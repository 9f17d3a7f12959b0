"""The storefront's assistant: a web component, its parts and the routes that serve them."""
