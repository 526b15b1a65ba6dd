"""The windows that are opened from the popup and the menu."""
