"""One file per source of music; the table SOURCES one floor up has a row for each."""
