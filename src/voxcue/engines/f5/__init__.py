"""The engine `f5`: F5-TTS and E2-TTS, which speak in the voice of a reference recording."""
