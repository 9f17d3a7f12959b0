"""Journeys: scripted conversations in the shoppers' words, checked by what the shop shows, says and keeps."""
