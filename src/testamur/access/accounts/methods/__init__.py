"""Ways to find out who somebody is; each behind the same contract, named in the setting `LOGIN_METHODS`."""
