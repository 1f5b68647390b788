"""One function per use case, the actor first. Services never call each other."""
