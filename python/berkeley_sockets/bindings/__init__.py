"""The bindings of the WIT package: componentize-py puts them here in every build of a component."""
