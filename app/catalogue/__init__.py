"""What the law or the administration may change: frozen typed data, no behaviour beyond named guards."""
