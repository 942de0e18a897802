"""Pure proofs: canonical JSON, Merkle trees, notes, checkpoints, PDF and CMS checks, the offline verifier."""
