"""The embedded aligner for English: PocketSphinx's acoustic model, searched without pruning."""
