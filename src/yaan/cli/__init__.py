"""The verbs of `yaan`, grouped by what they act on."""
