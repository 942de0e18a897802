"""Tests of the registry's connector, against the simulator over loopback mTLS."""
