"""A module that a program imports from its own directory."""

NAME = "beside"
