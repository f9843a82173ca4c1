"""The command line: one file a command. A command reads options, calls the library and prints; it holds no logic."""
