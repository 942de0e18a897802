"""`python -m testamur`."""

from testamur.surfaces.cli.main import run

if __name__ == "__main__":
    run()
