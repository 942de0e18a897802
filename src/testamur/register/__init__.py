"""Who and what exists?"""
