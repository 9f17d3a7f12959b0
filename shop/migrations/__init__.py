"""The books' schema, one step at a time; `migrate` brings a database to the newest step."""
