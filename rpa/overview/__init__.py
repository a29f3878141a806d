"""What happened in all shops and what did not: read from the ledger alone, for people and for alarms."""
