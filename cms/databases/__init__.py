"""Django's two databases, asked with patience: whoever asks for a reader does not wait for ever."""
