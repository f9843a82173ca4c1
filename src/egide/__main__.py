"""`python -m egide` is `egide`."""

from egide.cli.app import main

if __name__ == "__main__":
    raise SystemExit(main())
