"""Audio: reading, trimming, loudness and writing. Knows clips; knows no text, engine or caption."""
