"""How does it talk to others?"""
