"""Marshmallow in and out, one file per noun; shared by the web and the API."""
