"""Reports: the rows of a run, for machines (CSV) and for people (XLSX, terminal)."""
