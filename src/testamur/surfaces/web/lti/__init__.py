"""Learning platforms in the browser: launches come in, teachers link course rooms, the office enters platforms."""
