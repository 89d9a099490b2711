"""What starts Ruang on one machine: `make run`, `make stack`, tests and commands.

Everything here uses the standard library alone, because it runs before anything is
installed. docs/development.md tells the story; each module tells its own part.
"""
