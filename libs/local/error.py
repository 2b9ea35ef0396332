"""What goes wrong on somebody's own machine."""


class LocalError(Exception):
    """Tells the person at the keyboard, in a sentence, what happened and what to do; never shows a secret."""
