"""What outlives the process: the key in the keychain, settings and what was said in files."""
