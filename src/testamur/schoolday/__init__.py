"""What happens in a school?"""
