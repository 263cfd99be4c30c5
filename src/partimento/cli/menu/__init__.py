"""The numbered menu of MusicGeneration: it asks, and then says to the command line what a person would type."""
