"""Forced alignment over the frame posteriors of a CTC model.

alphabet      the letters that a model knows, and those of a word among them
files         where the files of a model are: a folder, or fetched from Hugging Face
wav2vec2      the network, in PyTorch
posteriors    audio to log probabilities, window by window
viterbi       the best path of a text through them
greedy        what they say without a text
columns       what the search for a text looks at
edits         letters that are heard beside those of a text
comparison    the same, and which words do not look alike
verification  whether an utterance says its text
aligner       all of it, as an aligner
"""
