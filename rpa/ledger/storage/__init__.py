"""How records are read from the ledger's tables and written to them.

The records themselves are modules beside this package: who only names them, as flows do, brings no database along.
"""
