"""What is attested, and why believe it?"""
