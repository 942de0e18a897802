"""Remote signing after the API of the Cloud Signature Consortium, version 2: the signer's key lies with a service."""
