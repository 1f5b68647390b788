"""What security costs: the same requests with and without sealing and ledger, measured side by side."""
