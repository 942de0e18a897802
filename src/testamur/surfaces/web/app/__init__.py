"""The app: few pages for the telephone, opened by the device's own key, with ways to the whole web."""
