"""How all shops are doing: read from the ledger alone, for people and for alarms."""
