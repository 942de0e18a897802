"""The teacher's diary: today, attendance, the mark grid, remarks, assessments."""
