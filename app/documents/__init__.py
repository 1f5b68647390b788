"""Official papers: wording, context, rendering. Knows no request, no session and no clock."""
