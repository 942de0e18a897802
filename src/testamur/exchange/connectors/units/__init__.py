"""Official lists of schools: Skolverket's school units (JSON) and Bulgarian result tables with NEISPUO codes (CSV)."""
