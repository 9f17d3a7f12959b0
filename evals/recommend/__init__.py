"""Measures recommendations: what shoppers took next, ranked among every product."""
