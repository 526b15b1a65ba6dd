"""What outlives the process: the key in the keychain, all else in files."""
